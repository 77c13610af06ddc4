/** Changing people, tenants, settings and oneself under /api/platform: who may change what, and of two who edit the same. */
import assert from 'node:assert/strict';
import {
  addMember,
  authConfig,
  confirmAddress,
  keyOf,
  type Person,
  ROOT_TOKEN,
  register,
  signIn,
  signInAdmin,
} from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const AUTH = '/api/platform/auth';

describe('changes', () => {
  let app: TestPlatform;
  let root: Person;
  let owner: Person;
  let admin: Person;
  let member: Person;
  let stranger: Person;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig }, config: { http: { rateLimit: { enabled: false } } } });
    root = await signInAdmin(app);
    owner = await register(app);
    await confirmAddress(app, owner);
    admin = await addMember(app, owner, 'admin');
    member = await addMember(app, owner, 'member');
    stranger = await register(app);
  });
  after(() => app.stop());

  const change = (by: Client, path: string, body: object, version?: string) =>
    by.patch(AUTH + path, body, version ? { 'if-match': `"${version}"` } : {});
  const user = (by: Person, of: Person, body: object, version?: string) =>
    change(by.http, `/users/${of.id}`, body, version);

  it('of a person say their version, and refuse an older one', async () => {
    const seen = await admin.http.get(`${AUTH}/users/${member.id}`);
    const { version } = seen.body;
    assert.equal(seen.headers.get('etag'), `"${version}"`);
    await signIn(app, member.email, member.password);
    const first = await user(admin, member, { full_name: 'One' }, version);
    assert.deepEqual([first.status, first.body.full_name], [200, 'One'], 'a sign-in is no change');
    assert.equal(first.headers.get('etag'), `"${first.body.version}"`);
    const second = await user(owner, member, { full_name: 'Two' }, version);
    assert.deepEqual(
      [second.status, second.body.code, second.body.version],
      [412, 'precondition_failed', first.body.version],
    );
    const listed = (await owner.http.get(`${AUTH}/users?search=${member.id}`)).body.items[0];
    assert.deepEqual([listed.version, listed.full_name], [first.body.version, 'One']);
  });

  it('of a person: one of many who come at once gets through', async () => {
    const { version } = (await owner.http.get(`${AUTH}/users/${member.id}`)).body;
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => user(owner, member, { full_name: `Name ${index}` }, version)),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 7 }, () => 412)]);
  });

  it('of a person are for administrators of the tenant, as far as those may', async () => {
    assert.equal((await user(admin, member, { status: 'suspended' })).body.suspended_by, 'tenant');
    assert.equal((await app.http.bearer(member.accessToken).get('/api/v2/users/me')).status, 401);
    assert.equal((await user(admin, member, { status: 'active' })).body.status, 'active');
    member = await signIn(app, member.email, member.password);
    for (const [by, of, body, status] of [
      [member, admin, { full_name: 'x' }, 403],
      [stranger, member, { full_name: 'x' }, 404],
      [stranger, member, { mailbox_limit: 5 }, 404],
      [owner, owner, { can_send: true }, 403],
      [owner, owner, { mailbox_limit: 1000 }, 403],
      [owner, owner, { is_superadmin: true }, 403],
      [owner, member, { email: 'mine@example.org' }, 403],
      [owner, owner, { role: 'member' }, 409],
      [owner, owner, { status: 'suspended' }, 403],
      [admin, owner, { role: 'member' }, 403],
      [admin, owner, { full_name: 'x' }, 403],
      [admin, admin, { role: 'owner' }, 403],
      [admin, member, { role: 'owner' }, 403],
      [admin, member, { role: 'admin' }, 200],
      [owner, member, { role: 'member' }, 200],
      [owner, member, {}, 422],
      [owner, member, { password: 'x' }, 422],
      [stranger, root, { status: 'suspended' }, 404],
      [root, member, { can_send: true, mailbox_limit: 3 }, 200],
    ] as const) {
      const answer = await user(by, of, body);
      assert.equal(answer.status, status, `${by.email} of ${of.email}: ${JSON.stringify(body)} ${answer.text}`);
    }
    const asRoot = await change(app.http.bearer(ROOT_TOKEN), `/users/${member.id}`, { mailbox_limit: 4 });
    assert.deepEqual([asRoot.status, asRoot.body.mailbox_limit, asRoot.body.can_send], [200, 4, true]);
  });

  it('of a person are not made by keys: a role is more than a key has', async () => {
    for (const scopes of [undefined, ['settings:manage']]) {
      const key = app.http.with(await keyOf(owner, scopes));
      assert.equal((await change(key, `/users/${member.id}`, { role: 'owner' })).status, 403);
    }
  });

  it('need a confirmed address to give power away', async () => {
    const unconfirmed = await register(app);
    const friend = await addMember(app, unconfirmed, 'member');
    assert.equal((await user(unconfirmed, friend, { role: 'admin' })).body.code, 'address_not_confirmed');
    assert.equal((await user(unconfirmed, friend, { full_name: 'Friend' })).status, 200);
  });

  it('do not let those in again whom a super-admin suspended', async () => {
    const bad = await addMember(app, owner, 'member');
    assert.equal((await user(root, bad, { status: 'suspended' })).body.suspended_by, 'platform');
    assert.equal((await user(owner, bad, { status: 'suspended' })).body.suspended_by, 'platform');
    assert.equal((await user(owner, bad, { status: 'active' })).status, 403);
    assert.equal((await user(root, bad, { status: 'active' })).body.suspended_by, null);
  });

  it('of two owners who suspend each other at once leave one', async () => {
    const one = await register(app);
    const other = await addMember(app, one, 'owner');
    const answers = await Promise.all([
      user(one, other, { status: 'suspended' }),
      user(other, one, { status: 'suspended' }),
    ]);
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    const { db } = app.services;
    const left = await db.read('auth_users').whereIn('uuid', [one.id, other.id]).where({ status: 'active' });
    assert.equal(left.length, 1);
  });

  it('of a super-admin are for super-admins, also in their own tenant', async () => {
    const colleague = await addMember(app, root, 'owner');
    assert.equal((await user(colleague, root, { status: 'suspended' })).status, 403);
    assert.equal((await user(colleague, root, { role: 'member' })).status, 403);
  });

  it('of a tenant: its name by its administrators, everything by super-admins, each with its version', async () => {
    const path = `/tenants/${owner.tenantId}`;
    const { body, headers } = await admin.http.get(AUTH + path);
    assert.equal(headers.get('etag'), `"${body.version}"`);
    assert.equal((await change(admin.http, path, { name: 'Analytical' }, body.version)).body.name, 'Analytical');
    assert.equal((await change(owner.http, path, { name: 'Late' }, body.version)).status, 412);
    assert.equal((await change(owner.http, path, { status: 'suspended' })).status, 403);
    assert.equal((await change(stranger.http, path, { name: 'Mine' })).status, 404);
    assert.equal((await stranger.http.get(AUTH + path)).status, 404);
    assert.equal((await change(member.http, path, { name: 'Mine' })).status, 403);
    const suspended = await change(root.http, path, { status: 'suspended' });
    assert.deepEqual([suspended.status, suspended.body.status], [200, 'suspended']);
    assert.equal((await change(root.http, path, { status: 'active' }, suspended.body.version)).status, 200);
  });

  it('of settings: one of many who come at once gets through, and nothing of others is undone', async () => {
    const { version } = (await owner.http.get(`${AUTH}/settings`)).body;
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        change(owner.http, '/settings', { settings: { allowed_numbers: [`+4912345678${index}`] } }, version),
      ),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 5 }, () => 412)]);
    const { body } = await change(admin.http, '/settings', { settings: { require_approval: true } });
    assert.equal(body.settings.allowed_numbers.length, 1);
    assert.equal((await change(member.http, '/settings', { settings: { require_approval: false } })).status, 403);
    assert.equal((await change(owner.http, '/settings', { settings: { unknown: 1 } })).status, 422);
    assert.equal((await member.http.get(`${AUTH}/settings`)).body.version, body.version);
  });

  it('of a profile in two windows: the second is told', async () => {
    const { body, headers } = await member.http.get(`${AUTH}/profile`);
    assert.equal(headers.get('etag'), `"${body.version}"`);
    const first = await change(member.http, '/profile', { username: 'mem-ber' }, body.version);
    assert.deepEqual([first.status, first.body.username], [200, 'mem-ber']);
    assert.equal((await change(member.http, '/profile', { full_name: 'Late' }, body.version)).status, 412);
    assert.equal(
      (await change(member.http, '/profile', { full_name: 'Now' }, first.body.version)).body.full_name,
      'Now',
    );
    const key = app.http.with(await keyOf(member, ['account:manage']));
    assert.equal((await change(key, '/profile', { email: 'other@example.org' })).status, 403);
  });
});
