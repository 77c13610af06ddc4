/** Every operation that makes or changes a credential, and who may do it. One that has no row here fails the test. */
import type { Answer, Client } from '#test/support/client.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { type Caller, hasScope, type People, type Role, roleOf } from './callers.ts';

export interface Place {
  app: TestPlatform;
  people: People;
  mailboxes: Record<string, string>;
  /** A number that was not used yet. */
  next(): number;
}

export interface Operation {
  /** As the routes have it. */
  route: string;
  /** What of it, where several rows are about one route. */
  about?: string;
  does(place: Place, client: Client, caller: Caller): Promise<Answer>;
  mayBy(caller: Caller): boolean;
}

const EVERYBODY: readonly Role[] = ['owner', 'admin', 'member', 'superadmin'];
const MANAGERS: readonly Role[] = ['owner', 'admin', 'superadmin'];

/** Somebody of the roles, whose key has the scope. */
const by =
  (scope: string, roles: readonly Role[] = EVERYBODY) =>
  (caller: Caller): boolean => {
    const role = roleOf(caller);
    return role !== null && roles.includes(role) && hasScope(caller, scope);
  };
/** People who have signed in: no key. */
const byPeople = (caller: Caller): boolean => roleOf(caller) !== null && !caller.isKey;
/** A super-admin, or a key that says so. */
const bySuperadmin = (caller: Caller): boolean =>
  caller.person === 'superadmin' && (!caller.isKey || (caller.scopes?.includes('admin:manage') ?? false));
const and =
  (...all: ((caller: Caller) => boolean)[]) =>
  (caller: Caller): boolean =>
    all.every((one) => one(caller));
const notNarrow = (caller: Caller): boolean => caller.scopes === null;

const WEAK = 'short';

async function newUser({ app, next }: Place): Promise<{ uuid: string; id: number }> {
  return app.services.db.transaction((trx) =>
    app.services.registration.create(trx, { email: `target${next()}@example.org`, emailVerified: true }),
  );
}

async function keyOfOwner({ people }: Place, scopes?: string[]): Promise<string> {
  const { body } = await people.owner.http.post('/api/v2/api-keys', { name: 'target', ...(scopes && { scopes }) });
  return body.id;
}

async function invitation({ people, next }: Place): Promise<string> {
  const email = `invited${next()}@example.org`;
  const { body } = await people.owner.http.post('/api/platform/auth/invitations', { email, role: 'member' });
  return body.id;
}

async function webhook({ people, mailboxes }: Place): Promise<number> {
  const { items } = (await people.owner.http.get(`/api/platform/mail/webhooks?mailbox=${mailboxes.owner}`)).body;
  for (const { id } of items) await people.owner.http.delete(`/api/platform/mail/webhooks/${id}`);
  const wish = { mailbox: mailboxes.owner, url: 'https://hook.example/x' };
  return (await people.owner.http.post('/api/platform/mail/webhooks', wish)).body.id;
}

const ADMIN = '/api/v2/admin';
const PERSONAL = '/api/platform/auth';

export const CREDENTIALS: Operation[] = [
  {
    route: 'POST /api/v2/api-keys',
    does: (_, client) => client.post('/api/v2/api-keys', { name: 'made' }),
    mayBy: by('settings:manage'),
  },
  {
    route: 'POST /api/v2/api-keys',
    about: 'with admin:manage',
    does: (_, client) => client.post('/api/v2/api-keys', { name: 'made', scopes: ['admin:manage'] }),
    mayBy: and(by('settings:manage'), bySuperadmin),
  },
  {
    route: 'POST /api/v2/api-keys/{id}/rotate',
    about: 'of the owner, with all rights',
    does: async (place, client) => client.post(`/api/v2/api-keys/${await keyOfOwner(place)}/rotate`, {}),
    mayBy: and(by('settings:manage', ['owner']), notNarrow),
  },
  {
    route: 'POST /api/v2/api-keys/{id}/rotate',
    about: 'of the owner, for usage:read',
    does: async (place, client) =>
      client.post(`/api/v2/api-keys/${await keyOfOwner(place, ['usage:read'])}/rotate`, {}),
    mayBy: and(by('settings:manage', ['owner']), by('usage:read')),
  },
  {
    route: 'DELETE /api/v2/api-keys/{id}',
    does: async (place, client) => client.delete(`/api/v2/api-keys/${await keyOfOwner(place)}`),
    mayBy: by('settings:manage', MANAGERS),
  },
  {
    route: 'POST /api/platform/auth/users/{id}/password-link',
    does: ({ people }, client) => client.post(`${PERSONAL}/users/${people.member.id}/password-link`),
    mayBy: bySuperadmin,
  },
  {
    route: 'POST /api/platform/auth/invitations',
    about: 'of an admin',
    does: ({ next }, client) =>
      client.post(`${PERSONAL}/invitations`, { email: `i${next()}@example.org`, role: 'admin' }),
    mayBy: and(by('settings:manage', MANAGERS), notNarrow),
  },
  {
    route: 'POST /api/platform/auth/invitations',
    about: 'of an owner',
    does: ({ next }, client) =>
      client.post(`${PERSONAL}/invitations`, { email: `i${next()}@example.org`, role: 'owner' }),
    mayBy: and(by('settings:manage', ['owner', 'superadmin']), notNarrow),
  },
  {
    route: 'POST /api/platform/auth/invitations/{id}/link',
    does: async (place, client) => client.post(`${PERSONAL}/invitations/${await invitation(place)}/link`),
    mayBy: and(by('settings:manage', MANAGERS), notNarrow),
  },
  {
    route: 'POST /api/platform/auth/invitations/{id}/send',
    does: async (place, client) => client.post(`${PERSONAL}/invitations/${await invitation(place)}/send`),
    mayBy: and(by('settings:manage', MANAGERS), notNarrow),
  },
  {
    route: 'DELETE /api/platform/auth/invitations/{id}',
    does: async (place, client) => client.delete(`${PERSONAL}/invitations/${await invitation(place)}`),
    mayBy: by('settings:manage', MANAGERS),
  },
  {
    route: 'PATCH /api/v2/admin/users/{id}',
    does: async (place, client) => client.patch(`${ADMIN}/users/${(await newUser(place)).uuid}`, { role: 'admin' }),
    mayBy: bySuperadmin,
  },
  {
    route: 'PATCH /api/platform/auth/users/{id}',
    about: 'of the tenant',
    does: ({ people }, client) => client.patch(`${PERSONAL}/users/${people.member.id}`, { full_name: 'x' }),
    mayBy: and(byPeople, ({ person }) => ['owner', 'admin', 'superadmin'].includes(person)),
  },
  {
    route: 'PATCH /api/platform/auth/users/{id}',
    about: 'to make an owner',
    async does(place, client) {
      const { app, people, next } = place;
      const tenant = await app.services.people.tenantByUuid(people.owner.tenantId);
      const wish = { email: `target${next()}@example.org`, tenantId: tenant!.id, role: 'member' as const };
      const { uuid } = await app.services.db.transaction((trx) => app.services.registration.create(trx, wish));
      return client.patch(`${PERSONAL}/users/${uuid}`, { role: 'owner' });
    },
    mayBy: and(byPeople, ({ person }) => ['owner', 'superadmin'].includes(person)),
  },
  {
    route: 'PATCH /api/platform/auth/users/{id}',
    about: 'what the operator sets',
    does: async (place, client) => client.patch(`${PERSONAL}/users/${(await newUser(place)).uuid}`, { can_send: true }),
    mayBy: and(byPeople, ({ person }) => person === 'superadmin'),
  },
  {
    route: 'PATCH /api/platform/auth/tenants/{id}',
    about: 'the name',
    does: ({ people }, client) => client.patch(`${PERSONAL}/tenants/${people.owner.tenantId}`, { name: 'Name' }),
    mayBy: by('settings:manage', MANAGERS),
  },
  {
    route: 'PATCH /api/platform/auth/tenants/{id}',
    about: 'its status',
    does: ({ people }, client) => client.patch(`${PERSONAL}/tenants/${people.owner.tenantId}`, { status: 'active' }),
    mayBy: and(by('settings:manage'), bySuperadmin),
  },
  {
    route: 'PATCH /api/platform/auth/settings',
    does: (_, client) => client.patch(`${PERSONAL}/settings`, { settings: { require_approval: false } }),
    mayBy: by('settings:manage', MANAGERS),
  },
  {
    route: 'PATCH /api/platform/auth/profile',
    about: 'the e-mail address',
    does: (_, client) => client.patch(`${PERSONAL}/profile`, { email: 'taken@example.org' }),
    mayBy: byPeople,
  },
  {
    route: 'DELETE /api/v2/admin/users/{id}',
    does: async (place, client) => client.delete(`${ADMIN}/users/${(await newUser(place)).uuid}`),
    mayBy: bySuperadmin,
  },
  ...['suspend', 'activate'].map((verb) => ({
    route: `POST /api/v2/admin/users/{id}/${verb}`,
    does: async (place: Place, client: Client) => client.post(`${ADMIN}/users/${(await newUser(place)).uuid}/${verb}`),
    mayBy: bySuperadmin,
  })),
  {
    route: 'PATCH /api/v2/admin/tenants/{id}',
    does: ({ people }, client) => client.patch(`${ADMIN}/tenants/${people.stranger.tenantId}`, { status: 'active' }),
    mayBy: bySuperadmin,
  },
  {
    route: 'DELETE /api/v2/admin/tenants/{id}',
    does: ({ people }, client) => client.delete(`${ADMIN}/tenants/${people.owner.tenantId}`),
    // The last super-admin's stays, which only who may is told.
    mayBy: bySuperadmin,
  },
  {
    route: 'PUT /api/platform/auth/operator-tenant',
    does: ({ people }, client) =>
      client.put('/api/platform/auth/operator-tenant', { tenant_id: people.superadmin.tenantId }),
    mayBy: bySuperadmin,
  },
  {
    route: 'POST /api/users',
    does: ({ next }, client) =>
      client.post('/api/users', { username: `user${next()}`, password: 'a good password 1', role: 'admin' }),
    mayBy: bySuperadmin,
  },
  {
    route: 'PATCH /api/users/{id}',
    does: async (place, client) => client.patch(`/api/users/${(await newUser(place)).id}`, { can_send: 1 }),
    mayBy: bySuperadmin,
  },
  {
    route: 'DELETE /api/users/{id}',
    does: async (place, client) => client.delete(`/api/users/${(await newUser(place)).id}`),
    mayBy: bySuperadmin,
  },
  ...['assign', 'unassign'].map((verb) => ({
    route: `POST /api/users/${verb}`,
    async does({ mailboxes, people }: Place, client: Client) {
      const wish = { address: mailboxes.stranger, username: 'admin' };
      if (verb === 'unassign') await people.superadmin.http.post('/api/users/assign', wish);
      return client.post(`/api/users/${verb}`, wish);
    },
    mayBy: bySuperadmin,
  })),
  {
    route: 'PATCH /api/v2/users/me',
    about: 'the e-mail address',
    does: (_, client) => client.patch('/api/v2/users/me', { email: 'taken@example.org' }),
    mayBy: byPeople,
  },
  {
    route: 'DELETE /api/v2/users/me',
    does: ({ people }, client, caller) =>
      // Whoever may would be gone: what a key is told is what is asked.
      byPeople(caller) ? people.stranger.http.get('/api/v2/users/me') : client.delete('/api/v2/users/me'),
    mayBy: byPeople,
  },
  {
    route: 'POST /api/v2/auth/set-password',
    does: (_, client) => client.post('/api/v2/auth/set-password', { password: WEAK }),
    mayBy: byPeople,
  },
  {
    route: 'POST /api/platform/auth/totp',
    does: (_, client) => client.post(`${PERSONAL}/totp`, {}),
    mayBy: byPeople,
  },
  {
    route: 'POST /api/platform/auth/passkeys/options',
    does: (_, client) => client.post(`${PERSONAL}/passkeys/options`, {}),
    mayBy: byPeople,
  },
  ...(
    [
      ['POST /api/platform/auth/totp/confirm', 'post', '/totp/confirm', { code: '000000' }],
      ['DELETE /api/platform/auth/totp', 'delete', '/totp', { code: '000000' }],
      ['POST /api/platform/auth/sessions/revoke-others', 'post', '/sessions/revoke-others', {}],
    ] as const
  ).map(([route, method, path, body]) => ({
    route,
    // People are let in and told of a wrong code, or end sessions that nobody here has.
    does: (_: Place, client: Client) => client[method](PERSONAL + path, body),
    mayBy: byPeople,
  })),
  ...['', '/{session}'].map((which) => ({
    route: `DELETE /api/platform/auth/users/{id}/sessions${which}`,
    does: async ({ app, people, next }: Place, client: Client) => {
      const tenant = await app.services.people.tenantByUuid(people.owner.tenantId);
      const wish = { email: `target${next()}@example.org`, tenantId: tenant!.id, role: 'member' as const };
      const user = await app.services.db.transaction((trx) => app.services.registration.create(trx, wish));
      const session = await app.services.sessions.begin(user, 'password', { ip: '', userAgent: '' }, 60_000);
      return client.delete(`${PERSONAL}/users/${user.uuid}/sessions${which.replace('{session}', session)}`);
    },
    mayBy: and(byPeople, ({ person }: Caller) => ['owner', 'admin', 'superadmin'].includes(person)),
  })),
  {
    route: 'DELETE /api/platform/auth/sessions/{id}',
    does: async ({ people }, client) => {
      const { items } = (await people.stranger.http.get(`${PERSONAL}/sessions`)).body;
      return client.delete(`${PERSONAL}/sessions/${items[0].id}`);
    },
    // Somebody else's: nobody.
    mayBy: () => false,
  },
  {
    route: 'POST /api/platform/auth/passkeys',
    about: 'without a passkey',
    does: (_, client) => client.post(`${PERSONAL}/passkeys`, { name: 'x', credential: {} }),
    mayBy: byPeople,
  },
  {
    route: 'POST /api/platform/auth/users/{id}/api-keys',
    does: ({ people }, client) =>
      client.post(`${PERSONAL}/users/${people.member.id}/api-keys`, { name: 'made', scopes: ['usage:read'] }),
    mayBy: and(byPeople, by('usage:read', MANAGERS)),
  },
  {
    route: 'POST /api/platform/auth/session/password',
    about: 'without the cookie of a page',
    does: (_, client) => client.post(`${PERSONAL}/session/password`, { new_password: WEAK }),
    mayBy: () => false,
  },
  {
    route: 'DELETE /api/platform/auth/passkeys/{id}',
    about: 'that nobody has',
    does: (_, client) => client.delete(`${PERSONAL}/passkeys/4711`),
    mayBy: () => false,
  },
  ...(
    [
      ['POST', 'reset-password', '?address='],
      ['POST', 'change-password', null],
      ['POST', 'toggle-login', null],
    ] as const
  ).map(([method, verb, query]) => ({
    route: `${method} /api/mailboxes/${verb}`,
    does: ({ mailboxes }: Place, client: Client) =>
      client.post(`/api/mailboxes/${verb}${query ? query + mailboxes.member : ''}`, {
        ...(!query && { address: mailboxes.member }),
        ...(verb === 'change-password' && { new_password: WEAK, password: WEAK }),
        ...(verb === 'toggle-login' && { can_login: true }),
      }),
    mayBy: bySuperadmin,
  })),
  {
    route: 'POST /api/mailboxes/batch-toggle-login',
    does: ({ mailboxes }, client) =>
      client.post('/api/mailboxes/batch-toggle-login', { addresses: [mailboxes.member], can_login: false }),
    mayBy: bySuperadmin,
  },
  {
    route: 'PUT /api/mailbox/password',
    does: (_, client) => client.put('/api/mailbox/password', { currentPassword: 'x', newPassword: 'a good one 1' }),
    // Mailboxes that have signed in alone.
    mayBy: () => false,
  },
  {
    route: 'POST /api/platform/mail/webhooks',
    does: ({ mailboxes }, client) =>
      client.post('/api/platform/mail/webhooks', { mailbox: mailboxes.owner, url: 'https://hook.example/x' }),
    mayBy: by('mail:manage', MANAGERS),
  },
  {
    route: 'POST /api/platform/mail/webhooks/{id}/test',
    does: async (place, client) => client.post(`/api/platform/mail/webhooks/${await webhook(place)}/test`),
    mayBy: by('mail:manage', MANAGERS),
  },
  {
    route: 'DELETE /api/platform/mail/webhooks/{id}',
    does: async (place, client) => client.delete(`/api/platform/mail/webhooks/${await webhook(place)}`),
    mayBy: by('mail:manage', MANAGERS),
  },
  {
    route: 'PUT /api/platform/workflow-secrets/{name}',
    does: (_, client) => client.put('/api/platform/workflow-secrets/shared', { value: 'x' }),
    mayBy: by('workflows:manage', MANAGERS),
  },
  {
    route: 'DELETE /api/platform/workflow-secrets/{name}',
    async does({ people, next }, client) {
      const path = `/api/platform/workflow-secrets/s${next()}`;
      await people.owner.http.put(path, { value: 'x' });
      return client.delete(path);
    },
    mayBy: by('workflows:manage', MANAGERS),
  },
  {
    route: 'POST /api/licenses/{id}/file',
    async does({ app, people }, client) {
      const wish = { plan: 'monthly' as const, email: 'ada@example.net' };
      const { license_id } = await app.services.licences.generate(people.owner.tenantId, wish);
      return client.post(`/api/licenses/${license_id}/file`, { device_id: 'device' });
    },
    mayBy: by('licenses:manage', MANAGERS),
  },
  {
    route: 'POST /api/platform/licensing/signing-keys',
    does: (_, client) => client.post('/api/platform/licensing/signing-keys', {}),
    mayBy: bySuperadmin,
  },
];
