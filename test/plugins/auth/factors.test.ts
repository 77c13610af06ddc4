/** Second factor, invitations, sessions, personal data. */
import assert from 'node:assert/strict';
import { Secret, TOTP } from 'otpauth';
import { authConfig, catchMails, register, signIn } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('beyond the documents', () => {
  let app: TestPlatform;
  let mails: ReturnType<typeof catchMails>;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig }, config: { http: { rateLimit: { enabled: false } } } });
    mails = catchMails(app);
  });
  after(() => app.stop());

  it('asks for the second factor, takes each code once, and takes recovery codes', async () => {
    const person = await register(app);
    const { secret, otpauth_url } = (await person.http.post('/api/platform/auth/totp')).body;
    assert.match(otpauth_url, /^otpauth:\/\/totp\//);
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    const code = () => totp.generate({ timestamp: app.clock.now() });
    assert.equal((await person.http.post('/api/platform/auth/totp/confirm', { code: '000000' })).status, 401);
    const { recovery_codes } = (await person.http.post('/api/platform/auth/totp/confirm', { code: code() })).body;
    assert.equal(recovery_codes.length, 10);
    const login = (otp?: string) =>
      app.http.post('/api/v2/auth/login', { email: person.email, password: person.password, ...(otp && { otp }) });
    assert.equal((await login()).body.code, 'otp_required');
    assert.equal((await login(code())).body.code, 'invalid_otp', 'the code that confirmed is used up');
    await app.clock.advance(31_000);
    assert.equal((await login(code())).status, 200);
    assert.equal((await login(code())).body.code, 'invalid_otp');
    assert.equal((await login(recovery_codes[0])).status, 200);
    assert.equal((await login(recovery_codes[0])).status, 401);
    const stored = JSON.stringify([
      await app.services.db.read('auth_totp'),
      await app.services.db.read('auth_recovery_codes'),
    ]);
    assert.ok(!stored.includes(secret) && !stored.includes(recovery_codes[1].replace('-', '')));
    const again = await signIn(app, person.email, person.password, recovery_codes[1]);
    assert.equal((await again.http.delete('/api/platform/auth/totp', { code: recovery_codes[2] })).status, 204);
    assert.equal((await login()).status, 200);
  });

  it('invites somebody into the tenant, once and for a week', async () => {
    const owner = await register(app);
    const invite = (email: string, role = 'member') =>
      owner.http.post('/api/platform/auth/invitations', { email, role });
    assert.equal((await invite('colleague@example.org')).status, 201);
    await app.services.jobs.idle();
    const { token } = mails.findLast(({ to }) => to === 'colleague@example.org')!;
    const accept = (wish: object) => app.http.post('/api/platform/auth/invitations/accept', wish);
    const joined = await accept({ token, password: 'the colleague password' });
    assert.deepEqual(
      [joined.status, joined.body.user.tenant_id, joined.body.user.role],
      [201, owner.tenantId, 'member'],
    );
    assert.equal((await accept({ token, password: 'the colleague password' })).status, 400);
    const member = app.http.bearer(joined.body.access_token);
    assert.equal((await member.get('/api/platform/auth/invitations')).status, 403);
    assert.equal((await member.patch('/api/v2/tenant/settings', { require_approval: true })).status, 403);
    assert.equal((await member.post('/api/v2/api-keys', { name: 'x', scopes: ['settings:manage'] })).status, 403);
    assert.equal((await owner.http.delete('/api/v2/users/me')).body.code, 'owner_with_members');

    const late = (await invite('late@example.org')).body;
    await app.services.jobs.idle();
    const lateToken = mails.findLast(({ to }) => to === 'late@example.org')!.token;
    await app.clock.advance(8 * 24 * 3600_000);
    assert.equal((await accept({ token: lateToken, password: 'the late password' })).status, 400);
    const back = await signIn(app, owner.email, owner.password);
    assert.equal(
      (await back.http.get('/api/platform/auth/invitations')).body.items.find((one: any) => one.id === late.id).status,
      'expired',
    );
    const stranger = await register(app);
    assert.equal((await stranger.http.delete(`/api/platform/auth/invitations/${late.id}`)).status, 404);
  });

  it('lists sessions and ends one, or all others', async () => {
    const first = await register(app);
    const second = await signIn(app, first.email, first.password);
    const third = await signIn(app, first.email, first.password);
    const { items } = (await first.http.get('/api/platform/auth/sessions')).body;
    assert.equal(items.length, 3);
    assert.equal(items.filter((one: any) => one.is_current).length, 1);
    const stranger = await register(app);
    assert.equal((await stranger.http.delete(`/api/platform/auth/sessions/${items[0].id}`)).status, 404);
    await first.http.post('/api/platform/auth/sessions/revoke-others');
    assert.deepEqual(
      [
        (await first.http.get('/api/v2/auth/me')).status,
        (await second.http.get('/api/v2/auth/me')).status,
        (await third.http.get('/api/v2/auth/me')).status,
      ],
      [200, 401, 401],
    );
  });

  it('exports what is held about a person', async () => {
    const person = await register(app);
    const { status, body } = await person.http.get('/api/platform/auth/export');
    assert.equal(status, 200);
    assert.equal(body.profile.email, person.email);
    assert.equal(body.sessions.length, 1);
    assert.ok(body.audit_log.length > 0);
    assert.ok(!JSON.stringify(body).includes('argon2'));
  });
});
