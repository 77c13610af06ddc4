/** What somebody may do, said beforehand and true afterwards; and keys that administrators make for others. */
import assert from 'node:assert/strict';
import {
  addMember,
  authConfig,
  catchMails,
  confirmAddress,
  keyOf,
  type Person,
  register,
  signInAdmin,
} from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const RIGHTS = '/api/platform/auth/rights';

describe('rights', () => {
  let app: TestPlatform;
  let root: Person;
  let owner: Person;
  let admin: Person;
  let member: Person;
  let stranger: Person;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, billing: {}, licensing: {}, mail: { smtp: { enabled: false } }, workflows: {} },
      config: { http: { rateLimit: { enabled: false } } },
    });
    root = await signInAdmin(app);
    owner = await register(app);
    await confirmAddress(app, owner);
    admin = await addMember(app, owner, 'admin');
    member = await addMember(app, owner, 'member');
    stranger = await register(app);
  });
  after(() => app.stop());

  const named = (rights: any, name: string) => rights.routes.find((one: any) => `${one.method} ${one.path}` === name);
  const make = (maker: Client, user: Person, scopes: string[], more: object = {}) =>
    maker.post(`/api/platform/auth/users/${user.id}/api-keys`, { name: 'for you', scopes, ...more });
  const keyFor = async (maker: Person, user: Person, scopes: string[]) => {
    const { status, body, text } = await make(maker.http, user, scopes);
    assert.equal(status, 201, text);
    return { id: body.id as string, http: app.http.apiKey(body.raw_key), body };
  };

  it('list every route and function there is', async () => {
    const { body } = await member.http.get(RIGHTS);
    assert.equal(body.routes.length, app.platform.routes.length);
    assert.equal(body.functions.length, app.services.functions.list().length);
    assert.deepEqual([body.kind, body.id, body.roles, body.is_superadmin], ['user', member.id, ['member'], false]);
    assert.ok(!body.grantable_scopes.includes('settings:manage'));
  });

  it('are what the routes answer afterwards, for people and for keys', async () => {
    const key = await keyOf(owner, ['mail:read', 'account:read']);
    const callers: [string, Client][] = [
      ['member', member.http],
      ['owner', owner.http],
      ['super-admin', root.http],
      ['key', app.http.with(key)],
    ];
    for (const [name, http] of callers) {
      const { body } = await http.get(RIGHTS);
      // Those that read, need no parameter, and end.
      const reading = body.routes.filter(
        ({ method, path }: any) => method === 'GET' && !/[{}]|stream|wait|generate|oidc|metrics/.test(path),
      );
      assert.ok(reading.length > 40);
      for (const { path, allowed } of reading) {
        const { status, text } = await http.get(path);
        const isRefused = status === 401 || status === 403;
        assert.equal(!isRefused, allowed, `${name} GET ${path}: ${status} ${text.slice(0, 200)}`);
      }
    }
  });

  it('of functions are what their calls answer', async () => {
    const http = app.http.with(await keyOf(owner, ['licenses:read']));
    const { body } = await http.get(RIGHTS);
    assert.ok(
      body.functions.some(({ allowed }: any) => allowed) && body.functions.some(({ allowed }: any) => !allowed),
    );
    for (const { name, allowed, reason } of body.functions) {
      const { body: answer } = await http.post(`/api/platform/functions/${name}`, { input: 1 });
      assert.equal(['forbidden', 'insufficient_scope', 'no_tenant'].includes(answer.code), !allowed, name);
      assert.equal(reason === null, allowed);
    }
  });

  it('of others are seen by who administers them', async () => {
    const of = (http: Client, { id }: Person) => http.get(`/api/platform/auth/users/${id}/rights`);
    const seen = await of(admin.http, member);
    assert.deepEqual(seen.body, (await member.http.get(RIGHTS)).body);
    assert.equal((await of(root.http, stranger)).body.tenant_id, stranger.tenantId);
    assert.deepEqual([(await of(member.http, admin)).status, (await of(admin.http, stranger)).status], [403, 404]);
    assert.equal((await of(app.http.with(await keyOf(owner, ['account:read'])), member)).status, 403);
    const made = await owner.http.post('/api/v2/api-keys', { name: 'k', scopes: ['mail:read'] });
    const ofKey = (http: Client) => http.get(`/api/platform/auth/api-keys/${made.body.id}/rights`);
    const expected = (await app.http.apiKey(made.body.raw_key).get(RIGHTS)).body;
    assert.deepEqual({ ...(await ofKey(owner.http)).body, id: expected.id }, expected);
    assert.deepEqual([(await ofKey(stranger.http)).status, (await ofKey(root.http)).status], [404, 200]);
    await owner.http.delete(`/api/v2/api-keys/${made.body.id}`);
    const over = (await ofKey(owner.http)).body;
    assert.deepEqual([named(over, 'GET /api/emails').allowed, named(over, 'GET /health').allowed], [false, true]);
  });

  it('of who is suspended are none', async () => {
    const gone = await addMember(app, owner, 'member');
    await root.http.post(`/api/v2/admin/users/${gone.id}/suspend`);
    const { body } = await owner.http.get(`/api/platform/auth/users/${gone.id}/rights`);
    assert.deepEqual([named(body, 'GET /api/v2/users/me').allowed, body.grantable_scopes], [false, []]);
  });

  it('a key for somebody else acts as them, and they are told, and may revoke it', async () => {
    const mails = catchMails(app);
    const key = await keyFor(admin, member, ['account:read', 'mail:read']);
    const me = (await key.http.get('/api/platform/me')).body;
    assert.deepEqual([me.user.id, me.roles, me.scopes], [member.id, ['member'], ['account:read', 'mail:read']]);
    await app.services.jobs.idle();
    const mail = mails.find(({ to }) => to === member.email);
    assert.match(mail!.text, /"for you"[\s\S]*account:read, mail:read/);
    assert.ok(!mail!.text.includes(key.body.raw_key));
    const entry = await app.services.db.read('auth_audit_entries').where({ target_id: key.id }).first();
    assert.deepEqual([entry!.actor_id, JSON.parse(entry!.detail).for], [admin.id, member.id]);
    const [listed] = (await member.http.get('/api/v2/api-keys').catch(() => ({ body: [] }))).body;
    assert.deepEqual([listed.id, listed.made_by_administrator], [key.id, true]);
    assert.equal((await member.http.delete(`/api/v2/api-keys/${key.id}`)).status, 204);
    assert.equal((await key.http.get('/api/platform/me')).status, 401);
  });

  it('is refused beyond the rights of either, and to whom it is none of their business', async () => {
    const refused = async (maker: Client, user: Person, scopes: string[]) =>
      (await make(maker, user, scopes)).body.code;
    assert.equal(await refused(admin.http, member, ['settings:manage']), 'scope_not_yours');
    assert.equal(await refused(owner.http, admin, ['admin:manage']), 'scope_not_yours');
    assert.equal(await refused(root.http, member, ['admin:manage']), 'scope_not_yours');
    assert.equal(await refused(owner.http, admin, ['no:such']), 'unknown_scope');
    assert.equal(await refused(admin.http, owner, ['mail:read']), 'forbidden');
    assert.equal(await refused(member.http, admin, ['mail:read']), 'forbidden');
    assert.equal(await refused(admin.http, stranger, ['mail:read']), 'not_found');
    assert.equal(await refused(admin.http, admin, ['mail:read']), 'conflict');
    assert.equal(await refused(app.http.with(await keyOf(admin)), member, ['mail:read']), 'forbidden');
    assert.equal(await refused(stranger.http, member, ['mail:read']), 'not_found');
    assert.equal((await make(admin.http, member, [])).status, 422);
  });

  it('is for no super-admin, whatever their role in the tenant, unless another one makes it', async () => {
    const other = await addMember(app, owner, 'member');
    const key = await keyFor(admin, other, ['account:manage']);
    const promote = (is_superadmin: boolean) =>
      root.http.patch(`/api/platform/auth/users/${other.id}`, { is_superadmin });
    assert.equal((await promote(true)).status, 200);
    const renamed = await key.http.patch('/api/platform/auth/profile', { full_name: 'Somebody else' });
    assert.equal(renamed.status, 401, renamed.text);
    assert.equal((await make(owner.http, other, ['account:manage'])).body.code, 'forbidden');
    assert.equal((await make(root.http, other, ['account:manage'])).status, 201);
    await promote(false);
    assert.equal((await key.http.get('/api/platform/me')).status, 200);
  });

  it('rotates none of its user, whose new secret would be bound to nobody', async () => {
    const other = await addMember(app, owner, 'admin');
    const scopes = ['settings:manage', 'account:read'];
    const key = await keyFor(owner, other, scopes);
    const own = (await other.http.post('/api/v2/api-keys', { name: 'mine', scopes })).body;
    const refused = await key.http.post(`/api/v2/api-keys/${own.id}/rotate`, {});
    assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden']);
    assert.equal((await app.http.apiKey(own.raw_key).get('/api/platform/me')).status, 200, 'it works as before');
    const itself = await key.http.post(`/api/v2/api-keys/${key.id}/rotate`, {});
    assert.deepEqual([itself.status, itself.body.made_by_administrator], [201, true], itself.text);
  });

  it('loses what either loses: role, place, account', async () => {
    const maker = await addMember(app, owner, 'admin');
    const other = await addMember(app, owner, 'admin');
    const key = await keyFor(maker, other, ['settings:manage', 'account:read']);
    assert.equal((await key.http.get('/api/v2/api-keys')).status, 200);
    // What it makes itself is bound to the same two.
    const made = await key.http.post('/api/v2/api-keys', { name: 'child', scopes: ['account:read'] });
    assert.equal(made.status, 201, made.text);
    const child = app.http.apiKey(made.body.raw_key);
    await root.http.patch(`/api/v2/admin/users/${other.id}`, { role: 'member' });
    assert.equal((await key.http.get('/api/v2/api-keys')).body.code, 'insufficient_scope');
    assert.equal((await key.http.get('/api/platform/me')).status, 200);
    await root.http.patch(`/api/v2/admin/users/${other.id}`, { role: 'owner' });
    assert.deepEqual((await key.http.get('/api/platform/me')).body.roles, ['admin']);
    await root.http.patch(`/api/v2/admin/users/${maker.id}`, { role: 'member' });
    assert.deepEqual(
      [(await key.http.get('/api/platform/me')).status, (await child.get('/api/v2/auth/me')).status],
      [401, 401],
    );
    await root.http.patch(`/api/v2/admin/users/${maker.id}`, { role: 'admin' });
    assert.equal((await key.http.get('/api/platform/me')).status, 200);
    assert.equal((await root.http.delete(`/api/v2/admin/users/${maker.id}`)).status, 204);
    assert.equal((await key.http.get('/api/platform/me')).status, 401);
    const left = await app.services.db.read('auth_api_keys').whereNotNull('made_by').where({ uuid: key.id });
    assert.deepEqual(left, []);
  });

  it('loses what a super-admin of another tenant loses with it', async () => {
    const maker = await register(app);
    await confirmAddress(app, maker);
    await root.http.patch(`/api/platform/auth/users/${maker.id}`, { is_superadmin: true });
    const key = await keyFor(maker, stranger, ['account:read']);
    const change = (status: string) => root.http.patch(`/api/v2/admin/tenants/${maker.tenantId}`, { status });
    assert.equal((await key.http.get('/api/platform/me')).status, 200);
    assert.equal((await change('suspended')).status, 200);
    assert.equal((await maker.http.get('/api/platform/me')).status, 401);
    assert.equal((await key.http.get('/api/platform/me')).status, 401);
    await change('active');
    assert.equal((await key.http.get('/api/platform/me')).status, 200);
  });
});
