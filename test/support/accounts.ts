/** People for tests: a super-admin, owners of tenants, and the mails that they got. */
import type { Client } from './client.ts';
import type { TestPlatform } from './harness.ts';

export const ADMIN = { email: 'admin@example.com', username: 'admin', password: 'admin-pass-4711' };
export const ROOT_TOKEN = 'root-token-for-tests-0123456789';

/** `plugins.auth` with the super-admin above. */
export const authConfig = { admin: ADMIN, rootToken: ROOT_TOKEN };

export interface Person {
  email: string;
  password: string;
  id: string;
  tenantId: string;
  accessToken: string;
  refreshToken: string;
  /** Signed in as this person. */
  http: Client;
}

export async function signIn(app: TestPlatform, email: string, password: string, otp?: string): Promise<Person> {
  const answer = await app.http.post('/api/v2/auth/login', { email, password, ...(otp && { otp }) });
  if (answer.status !== 200) throw new Error(`login answered ${answer.status}: ${answer.text}`);
  return personOf(app, answer.body, email, password);
}

export const signInAdmin = (app: TestPlatform): Promise<Person> => signIn(app, ADMIN.email, ADMIN.password);

let counter = 0;

/** Registers somebody with a tenant of their own. */
export async function register(app: TestPlatform, name = `person${++counter}`): Promise<Person> {
  const email = `${name}@example.org`;
  const password = `secret of ${name} 42`;
  const answer = await app.http.post('/api/v2/auth/register', { email, password, full_name: name });
  if (answer.status !== 201) throw new Error(`register answered ${answer.status}: ${answer.text}`);
  return personOf(app, answer.body, email, password);
}

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

function personOf(app: TestPlatform, body: any, email: string, password: string): Person {
  return {
    email,
    password,
    id: body.user.id,
    tenantId: body.user.tenant_id,
    accessToken: body.access_token,
    refreshToken: body.refresh_token,
    http: app.http.bearer(body.access_token),
  };
}

/** Somebody else in the tenant of `owner`, who has accepted an invitation. */
export async function addMember(app: TestPlatform, owner: Person, role: 'owner' | 'admin' | 'member'): Promise<Person> {
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

/** A key of this person, as headers. */
export async function keyOf(person: Person, scopes?: string[]): Promise<Record<string, string>> {
  const answer = await person.http.post('/api/v2/api-keys', { name: 'a key', ...(scopes && { scopes }) });
  if (answer.status !== 201) throw new Error(`POST /api-keys answered ${answer.status}: ${answer.text}`);
  return { 'x-api-key': answer.body.raw_key };
}

/** What the super-admin gives by `PUT /api/users/{id}`: the person may send mail. */
export async function allowSending({ services }: TestPlatform, person: Person): Promise<void> {
  const user = await services.accounts.byUuid(person.id);
  if (!user) throw new Error(`${person.email} has no account`);
  await services.db.transaction((trx) => services.people.updateUser(trx, user.id, { can_send: 1 }));
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
