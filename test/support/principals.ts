/** Callers of functions, for tests that call them without a way in. */
import type { FunctionCall, Principal } from '#core/plugin.ts';
import type { Person } from './accounts.ts';
import type { TestPlatform } from './harness.ts';

/** The operator, outside every tenant. */
export const ROOT: Principal = {
  kind: 'root',
  id: '__root__',
  userId: 0,
  tenantId: null,
  roles: ['superadmin'],
  scopes: null,
};

export async function callAs(app: TestPlatform, person: Person, idempotencyKey: string): Promise<FunctionCall> {
  const user = await app.services.accounts.byUuid(person.id);
  const principal = user && (await app.services.accounts.principalOf(user.id));
  if (!principal) throw new Error(`${person.email} has no account`);
  return { principal, idempotencyKey };
}
