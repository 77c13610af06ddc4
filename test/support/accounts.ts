/** People for tests, with what only our own tests may do to them, and the mails that they got. */
import type { Services } from '#core/plugin.ts';
import type { TestPlatform as Started } from '#core/testing/harness.ts';
import { type Person, signIn } from '#package/people.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { TestPlatform } from './harness.ts';

export * from '#package/people.ts';

let counter = 0;

/** The person's e-mail address counts as confirmed from now on. */
export async function confirmAddress({ services: { db, people, clock } }: TestPlatform, { id }: Person): Promise<void> {
  const user = await people.userByUuid(id);
  await db.transaction((trx) => people.updateUser(trx, user!.id, { email_verified_at: clock.now() }));
}

/** Somebody more in the tenant of a person, with a confirmed address. */
export async function joinTenant(app: TestPlatform, host: Person, role: 'owner' | 'admin' | 'member'): Promise<Person> {
  const { db, people, registration, passwordChanges } = app.services;
  const email = `${role}${++counter}@example.org`;
  const password = `secret of ${email}`;
  const passwordHash = await passwordChanges.hashOf(password);
  const tenant = await people.tenantByUuid(host.tenantId);
  await db.transaction((trx) =>
    registration.create(trx, { email, tenantId: tenant!.id, role, passwordHash, emailVerified: true }),
  );
  return signIn(app, email, password);
}

/** Somebody else in the tenant of `owner`, who has accepted an invitation. */
export async function addMember(
  app: Started<Services & AuthServices>,
  owner: Person,
  role: 'owner' | 'admin' | 'member',
): Promise<Person> {
  const { db, people, passwords, registration } = app.services;
  const email = `${role}${++counter}@example.org`;
  const password = `secret of ${role} 42`;
  const passwordHash = await passwords.hash(password);
  const tenant = await people.tenantByUuid(owner.tenantId);
  if (!tenant) throw new Error(`${owner.email} has no tenant`);
  await db.transaction((trx) =>
    registration.create(trx, { email, passwordHash, role, tenantId: tenant.id, emailVerified: true }),
  );
  return signIn(app, email, password);
}

/** What the super-admin gives by `PUT /api/users/{id}`: the person may send mail. */
export async function allowSending({ services }: TestPlatform, person: Person, may = true): Promise<void> {
  const user = await services.accounts.byUuid(person.id);
  if (!user) throw new Error(`${person.email} has no account`);
  await services.db.transaction((trx) => services.people.updateUser(trx, user.id, { can_send: may ? 1 : 0 }));
}

/** Mails that the platform hands to its mailer, from now on. */
export function catchMails(app: TestPlatform): { to: string; subject: string; text: string; token: string }[] {
  const caught: { to: string; subject: string; text: string; token: string }[] = [];
  const { mailer } = app.services;
  mailer.send = async ({ to, subject, text }) => {
    const token = /^Token: (.+)$/m.exec(text)?.[1] ?? '';
    caught.push({ to: String(to), subject, text, token });
    return { id: String(caught.length) };
  };
  return caught;
}

/** Lets go by what links and codes wait for, so that nobody feels whether they are sent, and what follows. */
export async function afterUnfelt({ clock, services }: Pick<TestPlatform, 'clock' | 'services'>): Promise<void> {
  await clock.advance(3_000);
  await services.jobs.idle();
}
