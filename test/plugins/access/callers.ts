/** Everybody who may call a function: roles in a tenant, kinds of keys, people of elsewhere. */
import { addMember, allowSending, keyOf, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import type { TestPlatform } from '#test/support/harness.ts';

export type Role = 'owner' | 'admin' | 'member' | 'superadmin';
export type People = Record<Role | 'suspended' | 'stranger', Person>;

export interface Caller {
  name: string;
  person: keyof People;
  http: Client;
  isKey: boolean;
  /** The scopes of a key; null for people and keys with all. */
  scopes: string[] | null;
  /** The scope that a key is made for or without. */
  about?: string;
  maySend: boolean;
}

/** A tenant with somebody of each role, somebody whose account is suspended, and the owner of another tenant. */
export async function makePeople(app: TestPlatform): Promise<People> {
  const superadmin = await signInAdmin(app);
  const owner = await addMember(app, superadmin, 'owner');
  const suspended = await addMember(app, superadmin, 'admin');
  await allowSending(app, owner);
  await allowSending(app, suspended);
  const stranger = await register(app);
  await allowSending(app, stranger);
  const admin = await addMember(app, superadmin, 'admin');
  const member = await addMember(app, superadmin, 'member');
  return { superadmin, owner, admin, member, suspended, stranger };
}

/** Each of them signed in, and each kind of key. Who is suspended is so after this. */
export async function makeCallers(app: TestPlatform, people: People, ownScopes: string[]): Promise<Caller[]> {
  const callers: Caller[] = [];
  const add = async (name: string, person: keyof People, scopes?: string[] | 'all', about?: string) => {
    const headers = scopes ? await keyOf(people[person], scopes === 'all' ? undefined : scopes) : null;
    const http = headers ? app.http.with(headers) : people[person].http;
    const maySend = ['owner', 'superadmin'].includes(person);
    callers.push({
      name,
      person,
      http,
      isKey: headers !== null,
      scopes: Array.isArray(scopes) ? scopes : null,
      about,
      maySend,
    });
  };
  for (const role of ['owner', 'admin', 'member', 'superadmin', 'suspended'] as const) await add(role, role);
  for (const role of ['owner', 'member', 'superadmin', 'suspended'] as const) {
    await add(`a whole key of ${role}`, role, 'all');
  }
  for (const scope of ownScopes) await add(`the owner's key for ${scope}`, 'owner', [scope], scope);
  const other = Object.keys(app.services.catalogue.scopes).filter((scope) => scope !== 'admin:manage');
  for (const scope of ownScopes) {
    const without = other.filter((one) => one !== scope && one !== scope.replace(/:read$/, ':manage'));
    await add(`the owner's key for all but ${scope}`, 'owner', without, scope);
  }
  for (const scope of ownScopes) {
    const both = [...new Set([scope, ...WORKFLOWS])];
    await add(`the super-admin's key for ${scope} and workflows`, 'superadmin', both, scope);
  }
  await add("the super-admin's key for admin:manage alone", 'superadmin', ['admin:manage']);
  const suspended = await people.superadmin.http.post(`/api/v2/admin/users/${people.suspended.id}/suspend`);
  if (suspended.status !== 200) throw new Error(suspended.text);
  return callers;
}

const WORKFLOWS = ['workflows:manage', 'workflows:run'];

export function hasScope({ scopes }: Caller, scope: string): boolean {
  return (
    !scopes || scopes.includes(scope) || (scope.endsWith(':read') && scopes.includes(scope.replace(/read$/, 'manage')))
  );
}

export function roleOf({ person }: Caller): Role | null {
  return person === 'suspended' || person === 'stranger' ? null : person;
}
