/** People for tests of plugins that are used by accounts: a super-admin, owners of tenants, their API keys. */
import type { Client } from '#core/testing/client.ts';
import type { TestPlatform } from '#core/testing/harness.ts';

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

/** A key of this person, as headers. */
export async function keyOf(person: Person, scopes?: string[]): Promise<Record<string, string>> {
  const answer = await person.http.post('/api/v2/api-keys', { name: 'a key', ...(scopes && { scopes }) });
  if (answer.status !== 201) throw new Error(`POST /api-keys answered ${answer.status}: ${answer.text}`);
  return { 'x-api-key': answer.body.raw_key };
}

// biome-ignore lint/suspicious/noExplicitAny: an answer of the server, checked above
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
