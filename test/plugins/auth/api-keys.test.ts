/** API keys never give more than who makes or rotates them has. */
import assert from 'node:assert/strict';
import { authConfig, joinTenant, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('rights of API keys', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig }, config: { http: { rateLimit: { enabled: false } } } });
  });
  after(() => app.stop());
  const make = async (person: Person, wish: object) => {
    const { status, body } = await person.http.post('/api/v2/api-keys', { name: 'key', ...wish });
    assert.equal(status, 201);
    return body;
  };
  const rotate = (http: Person['http'], id: string) => http.post(`/api/v2/api-keys/${id}/rotate`, {});

  it('a key rotates no key with rights that it has not', async () => {
    const admin = await signInAdmin(app);
    const mighty = await make(admin, { scopes: ['admin:manage'] });
    const all = await make(admin, {});
    const manager = app.http.apiKey((await make(admin, { scopes: ['settings:manage'] })).raw_key);
    for (const target of [mighty, all]) {
      const answer = await rotate(manager, target.id);
      assert.deepEqual([answer.status, answer.body.code], [403, 'scope_not_yours']);
    }
    const same = await make(admin, { scopes: ['settings:read'] });
    assert.equal((await rotate(manager, same.id)).status, 201);
    assert.equal((await app.http.apiKey(mighty.raw_key).get('/api/v2/admin/stats')).status, 200, 'still good');
  });

  it('a key ends with the one that made it, however many lie between', async () => {
    const person = await register(app);
    const first = await make(person, { scopes: ['settings:manage'] });
    const child = await make({ ...person, http: app.http.apiKey(first.raw_key) }, { scopes: ['settings:manage'] });
    const grandchild = await make({ ...person, http: app.http.apiKey(child.raw_key) }, { scopes: ['settings:manage'] });
    const own = await make(person, { scopes: ['settings:manage'] });
    // Who rotates another key by one has the new secret.
    const taken = (await rotate(app.http.apiKey(first.raw_key), own.id)).body;
    const works = async ({ raw_key }: any) => (await app.http.apiKey(raw_key).get('/api/v2/api-keys')).status === 200;
    const { items } = (await person.http.get('/api/platform/auth/api-keys')).body;
    const makerOf = (key: any) => items.find(({ id }: any) => id === key.id).made_with;
    assert.deepEqual([child, grandchild, taken, first].map(makerOf), [first.id, child.id, first.id, null]);
    assert.equal((await person.http.delete(`/api/v2/api-keys/${first.id}`)).status, 204);
    for (const key of [first, child, grandchild, taken]) assert.equal(await works(key), false);
    const entry = await app.services.db.read('auth_audit_entries').where({ target_id: grandchild.id }).first();
    assert.equal(JSON.parse(entry!.detail).with_key, child.id);
  });

  it('a key that is rotated leaves none that it made', async () => {
    const person = await register(app);
    const key = await make(person, { scopes: ['settings:manage'] });
    const child = await make({ ...person, http: app.http.apiKey(key.raw_key) }, {});
    const next = (await rotate(person.http, key.id)).body;
    const status = async ({ raw_key }: any) => (await app.http.apiKey(raw_key).get('/api/v2/api-keys')).status;
    assert.deepEqual([await status(child), await status(next)], [401, 200]);
  });

  it("nobody rotates somebody else's key, but owners and admins revoke it", async () => {
    const owner = await register(app);
    const admin = await joinTenant(app, owner, 'admin');
    const member = await joinTenant(app, owner, 'member');
    const key = await make(owner, { scopes: ['account:manage'] });
    assert.equal((await rotate(admin.http, key.id)).status, 403);
    assert.equal((await rotate(member.http, key.id)).status, 404);
    assert.equal((await rotate(owner.http, (await make(admin, {})).id)).status, 403);
    assert.equal((await admin.http.delete(`/api/v2/api-keys/${key.id}`)).status, 204);
  });

  it('a key makes and rotates none that lasts longer than itself', async () => {
    const person = await register(app);
    const lasting = await make(person, { scopes: ['settings:manage'] });
    const short = await make(person, { scopes: ['settings:manage'], expires_in_days: 1 });
    const http = app.http.apiKey(short.raw_key);
    assert.equal((await rotate(http, lasting.id)).status, 403);
    for (const wish of [{}, { expires_in_days: 30 }]) {
      const made = await http.post('/api/v2/api-keys', { name: 'child', ...wish });
      assert.deepEqual([made.status, made.body.expires_at], [201, short.expires_at]);
    }
  });

  it('a rotation that comes eight times at once makes one key', async () => {
    const person = await register(app);
    const key = await make(person, {});
    const answers = await Promise.all(Array.from({ length: 8 }, () => rotate(person.http, key.id)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(7).fill(409)]);
    assert.equal((await person.http.get('/api/v2/api-keys')).body.filter((one: any) => one.is_active).length, 1);
  });

  it('a key in its grace time is not rotated again', async () => {
    const person = await register(app);
    const key = await make(person, {});
    const graced = () => person.http.post(`/api/v2/api-keys/${key.id}/rotate`, { grace_minutes: 60 });
    assert.equal((await graced()).status, 201);
    assert.equal((await graced()).status, 409);
  });

  it('names of Object.prototype are no scopes', async () => {
    const person = await register(app);
    for (const scope of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      const { status, body } = await person.http.post('/api/v2/api-keys', { name: 'x', scopes: [scope] });
      assert.deepEqual([status, body.code], [422, 'unknown_scope'], scope);
    }
  });
});
