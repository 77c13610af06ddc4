/** Profiles, API keys, tenant settings, administration and the audit log, as the MoltFlow documents say. */
import assert from 'node:assert/strict';
import { authConfig, catchMails, type Person, ROOT_TOKEN, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('accounts', () => {
  let app: TestPlatform;
  let admin: Person;
  let mails: ReturnType<typeof catchMails>;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig }, config: { http: { rateLimit: { enabled: false } } } });
    mails = catchMails(app);
    admin = await signInAdmin(app);
  });
  after(() => app.stop());

  describe('API keys', () => {
    it('are made as documented, shown once, and stored only as a hash', async () => {
      const person = await register(app);
      const wish = {
        name: 'outreach-bot',
        scopes: ['messages:send', 'custom-groups:manage', 'bulk-send:manage'],
        expires_in_days: 90,
      };
      const { status, body } = await person.http.post('/api/v2/api-keys', wish);
      assert.equal(status, 201);
      assert.match(body.raw_key, /^mf_[0-9A-Za-z]{40}$/);
      assert.equal(body.key_prefix, body.raw_key.slice(0, 7));
      assert.deepEqual(body.scopes, wish.scopes);
      assert.equal(body.is_active, true);
      assert.equal(Date.parse(body.expires_at) - Date.parse(body.created_at), 90 * 24 * 3600_000);
      const shown = (await person.http.get(`/api/v2/api-keys/${body.id}`)).body;
      assert.deepEqual(Object.keys(shown), [
        'id',
        'name',
        'key_prefix',
        'scopes',
        'expires_at',
        'created_at',
        'last_used_at',
        'is_active',
      ]);
      const stored = JSON.stringify(await app.services.db.read('auth_api_keys'));
      assert.ok(!stored.includes(body.raw_key.slice(7)));
    });

    it('do what their scopes say and no more', async () => {
      const person = await register(app);
      const { body } = await person.http.post('/api/v2/api-keys', { name: 'reader', scopes: ['account:read'] });
      const key = app.http.apiKey(body.raw_key);
      assert.equal((await key.get('/api/v2/users/me')).body.email, person.email);
      const refused = await key.patch('/api/v2/users/me', { full_name: 'X' });
      assert.deepEqual(
        [refused.status, refused.body.code, refused.body.required],
        [403, 'insufficient_scope', 'account:manage'],
      );
      assert.equal((await app.http.bearer(body.raw_key).get('/api/v2/users/me')).status, 200);
      assert.equal((await app.http.apiKey(`${body.raw_key}x`).get('/api/v2/users/me')).status, 401);
    });

    it('imply read by manage, and are refused for unknown, empty, or foreign scopes', async () => {
      const person = await register(app);
      const { body } = await person.http.post('/api/v2/api-keys', { name: 'manager', scopes: ['account:manage'] });
      assert.equal((await app.http.apiKey(body.raw_key).get('/api/v2/users/me')).status, 200);
      const wish = (scopes: string[]) => person.http.post('/api/v2/api-keys', { name: 'x', scopes });
      assert.equal((await wish(['no:such'])).status, 422);
      assert.equal((await wish([])).status, 422);
      assert.equal((await wish(['admin:manage'])).status, 403);
    });

    it('never pass as super-admin unless they carry admin:manage', async () => {
      const plain = await admin.http.post('/api/v2/api-keys', { name: 'all' });
      assert.equal((await app.http.apiKey(plain.body.raw_key).get('/api/v2/admin/stats')).status, 403);
      const mighty = await admin.http.post('/api/v2/api-keys', { name: 'mighty', scopes: ['admin:manage'] });
      assert.equal((await app.http.apiKey(mighty.body.raw_key).get('/api/v2/admin/stats')).status, 200);
    });

    it('stop at once when revoked, rotated, expired, or when their owner is suspended', async () => {
      const person = await register(app);
      const make = async (more: object = {}) =>
        (await person.http.post('/api/v2/api-keys', { name: 'k', ...more })).body;
      const works = async (key: any) => (await app.http.apiKey(key.raw_key).get('/api/v2/users/me')).status;
      const revoked = await make();
      assert.equal(await works(revoked), 200);
      assert.equal((await person.http.delete(`/api/v2/api-keys/${revoked.id}`)).status, 204);
      assert.equal(await works(revoked), 401);

      const old = await make();
      const fresh = (await person.http.post(`/api/v2/api-keys/${old.id}/rotate`, {})).body;
      assert.deepEqual([await works(old), await works(fresh)], [401, 200]);
      const graced = (await person.http.post(`/api/v2/api-keys/${fresh.id}/rotate`, { grace_minutes: 5 })).body;
      assert.deepEqual([await works(fresh), await works(graced)], [200, 200]);

      const short = await make({ expires_in_days: 1 });
      await app.clock.advance(6 * 60_000);
      assert.equal(await works(fresh), 401);
      await app.clock.advance(25 * 3600_000);
      assert.equal(await works(short), 401);
      admin = await signInAdmin(app);
      await admin.http.post(`/api/v2/admin/users/${person.id}/suspend`);
      assert.equal(await works(graced), 401);
    });

    it('of another tenant are not there', async () => {
      const [one, other] = [await register(app), await register(app)];
      const { body } = await one.http.post('/api/v2/api-keys', { name: 'mine' });
      for (const call of [
        other.http.get(`/api/v2/api-keys/${body.id}`),
        other.http.delete(`/api/v2/api-keys/${body.id}`),
        other.http.post(`/api/v2/api-keys/${body.id}/rotate`, {}),
      ]) {
        assert.equal((await call).status, 404);
      }
      assert.equal((await other.http.get('/api/v2/api-keys')).body.length, 0);
    });
  });

  it('changes a profile, and asks to confirm a new address', async () => {
    const person = await register(app);
    const other = await register(app);
    // Their own mails before it.
    await app.services.jobs.idle();
    const changed = await person.http.patch('/api/v2/users/me', { full_name: 'Ada', email: 'New.Ada@example.org' });
    assert.deepEqual(
      [changed.body.full_name, changed.body.email, changed.body.pending_email, changed.body.email_verified],
      ['Ada', person.email, 'new.ada@example.org', false],
    );
    await app.services.jobs.idle();
    assert.ok(mails.some(({ to }) => to === 'new.ada@example.org'));
    assert.equal((await person.http.patch('/api/v2/users/me', { email: other.email })).status, 409);
    assert.equal((await person.http.patch('/api/v2/users/me', { role: 'superadmin' })).status, 422);
  });

  it('erases a person, who is an owner only when alone', async () => {
    const person = await register(app);
    assert.equal((await person.http.delete('/api/v2/users/me')).status, 204);
    assert.equal((await person.http.get('/api/v2/users/me')).status, 401);
    const left = JSON.stringify([
      await app.services.db.read('auth_users'),
      await app.services.db.read('auth_audit_entries'),
    ]);
    assert.ok(!left.includes(person.email));
    assert.ok(left.includes(person.id));
  });

  it('shows and changes tenant settings, under both paths, with a consent for AI', async () => {
    const person = await register(app);
    const defaults = { allowed_numbers: [], require_approval: false, ai_consent_enabled: false };
    assert.deepEqual((await person.http.get('/tenant/settings')).body, defaults);
    const changed = await person.http.patch('/api/v2/tenant/settings', {
      ai_consent_enabled: true,
      allowed_numbers: ['+5511999999999'],
    });
    assert.deepEqual(changed.body, {
      allowed_numbers: ['+5511999999999'],
      require_approval: false,
      ai_consent_enabled: true,
    });
    await person.http.patch('/tenant/settings', { ai_consent_enabled: false });
    const consents = await app.services.db.read('auth_consents').orderBy('id');
    assert.deepEqual(
      consents.map(({ type, version, granted }) => [type, version, granted]),
      [
        ['ai_processing', '1.0', 1],
        ['ai_processing', '1.0', 0],
      ],
    );
    assert.equal((await person.http.patch('/tenant/settings', { allowed_numbers: ['12'] })).status, 422);
    assert.equal((await person.http.patch('/tenant/settings', { nonsense: 1 })).status, 422);
  });

  describe('administration', () => {
    it('is closed to everybody else', async () => {
      const person = await register(app);
      for (const path of ['users', 'tenants', 'stats', 'audit-logs', 'health']) {
        assert.equal((await person.http.get(`/api/v2/admin/${path}`)).status, 403, path);
        assert.equal((await app.http.get(`/api/v2/admin/${path}`)).status, 401, path);
      }
    });

    it('lists, searches, changes and deletes users and tenants', async () => {
      const person = await register(app, 'findme');
      const list = await admin.http.get('/api/v2/admin/users?search=FindMe&page_size=1');
      assert.deepEqual(
        [list.body.total, list.body.items[0].id, list.body.page, list.body.page_size],
        [1, person.id, 1, 1],
      );
      assert.equal((await admin.http.get('/api/v2/admin/users?search=100%25')).body.total, 0);
      assert.equal(
        (await admin.http.patch(`/api/v2/admin/users/${person.id}`, { role: 'member', can_send: true })).body.role,
        'member',
      );
      const tenant = `/api/v2/admin/tenants/${person.tenantId}`;
      assert.equal((await admin.http.get(tenant)).body.user_count, 1);
      assert.equal((await admin.http.patch(tenant, { status: 'suspended' })).body.status, 'suspended');
      assert.equal((await person.http.get('/api/v2/users/me')).status, 401);
      assert.equal((await admin.http.delete(tenant)).status, 204);
      assert.equal((await admin.http.get(`/api/v2/admin/users/${person.id}`)).status, 404);
      assert.ok((await admin.http.get('/api/v2/admin/stats')).body.total_users >= 1);
    });

    it('keeps at least one super-admin', async () => {
      const me = (await admin.http.get('/api/v2/users/me')).body.id;
      for (const call of [
        admin.http.delete(`/api/v2/admin/users/${me}`),
        admin.http.post(`/api/v2/admin/users/${me}/suspend`),
        admin.http.patch(`/api/v2/admin/users/${me}`, { is_superadmin: false }),
      ]) {
        assert.equal((await call).body.code, 'last_superadmin');
      }
    });

    it('takes the root token in its three forms, and no other', async () => {
      assert.equal((await app.http.bearer(ROOT_TOKEN).get('/api/v2/admin/stats')).status, 200);
      assert.equal((await app.http.with({ 'x-admin-token': ROOT_TOKEN }).get('/api/v2/admin/stats')).status, 200);
      assert.equal((await app.http.get(`/api/v2/admin/stats?admin_token=${ROOT_TOKEN}`)).status, 200);
      assert.equal((await app.http.with({ 'x-admin-token': `${ROOT_TOKEN}x` }).get('/api/v2/admin/stats')).status, 401);
      const { body } = await admin.http.get('/api/v2/admin/audit-logs?action=root_token.used');
      assert.equal(body.total, 1);
    });
  });

  it('shows the audit log by filter', async () => {
    await admin.http.post('/api/v2/api-keys', { name: 'audited' });
    const { body } = await admin.http.get('/api/v2/admin/audit-logs?action=api_key.created&page_size=1');
    assert.ok(body.total >= 1);
    assert.equal(body.items[0].action, 'api_key.created');
  });
});
