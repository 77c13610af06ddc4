/** Mailboxes for tests, whatever the rules are by which people may take one. */
import type { Person } from './accounts.ts';
import type { TestPlatform } from './harness.ts';

export async function mailboxOf({ services }: TestPlatform, person: Person, local: string): Promise<string> {
  const user = await services.accounts.byUuid(person.id);
  const address = `${local}@example.com`;
  await services.db.transaction((trx) =>
    services.mailboxes.insert(trx, { address, domain: 'example.com' }, user?.id ?? null, person.tenantId),
  );
  return address;
}
