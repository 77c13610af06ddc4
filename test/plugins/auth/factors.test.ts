/** Second factor, invitations, sessions, providers, personal data. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Secret, TOTP } from 'otpauth';
import { authConfig, catchMails, register, signIn } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

/** A provider that speaks OpenID Connect: discovery, keys, and tokens for whatever claims the test sets. */
async function fakeProvider(now: () => number) {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const state = { claims: {} as Record<string, unknown>, nonce: '' };
  const server = createServer(async (request, response) => {
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const json = (body: object) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (request.url === '/.well-known/openid-configuration') {
      return json({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        id_token_signing_alg_values_supported: ['RS256'],
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
      });
    }
    if (request.url === '/keys') return json({ keys: [jwk] });
    const at = Math.floor(now() / 1000);
    const idToken = await new SignJWT({ nonce: state.nonce, ...state.claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuer(issuer)
      .setAudience('client')
      .setIssuedAt(at)
      .setExpirationTime(at + 300)
      .sign(privateKey);
    return json({ access_token: 'at', token_type: 'Bearer', id_token: idToken });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, state, close: () => server.close() };
}

describe('beyond the documents', () => {
  let app: TestPlatform;
  let mails: ReturnType<typeof catchMails>;
  let provider: Awaited<ReturnType<typeof fakeProvider>>;
  before(async () => {
    provider = await fakeProvider(Date.now);
    app = await startPlatform({
      plugins: {
        auth: {
          ...authConfig,
          oidc: { work: { issuer: provider.issuer, clientId: 'client', clientSecret: 'secret' } },
        },
      },
      config: { http: { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } } },
    });
    mails = catchMails(app);
  });
  after(async () => {
    await app.stop();
    provider.close();
  });

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
    const { token, to } = mails.at(-1)!;
    assert.equal(to, 'colleague@example.org');
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
    const lateToken = mails.at(-1)!.token;
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

  describe('sign-in by a provider', () => {
    const begin = async () => {
      const { status, headers } = await app.http.get('/api/platform/auth/oidc/work/start');
      assert.equal(status, 302);
      const url = new URL(headers.get('location')!);
      assert.equal(url.searchParams.get('code_challenge_method'), 'S256');
      provider.state.nonce = url.searchParams.get('nonce')!;
      return url.searchParams.get('state')!;
    };
    const finish = (state: string) => app.http.get(`/api/platform/auth/oidc/work/callback?code=c&state=${state}`);

    it('makes an account from a verified address, and knows it the next time', async () => {
      provider.state.claims = { sub: 's1', email: 'oidc@example.net', email_verified: true, name: 'Oida' };
      const first = await finish(await begin());
      assert.deepEqual([first.status, first.body.user?.email], [200, 'oidc@example.net'], first.text);
      provider.state.claims = { sub: 's1', email: 'changed@example.net', email_verified: true };
      assert.equal((await finish(await begin())).body.user.id, first.body.user.id);
    });

    it('refuses unverified addresses, addresses that were never confirmed here, and replays', async () => {
      provider.state.claims = { sub: 's2', email: 'x@example.net', email_verified: false };
      assert.equal((await finish(await begin())).body.code, 'email_not_verified');
      const squatter = await register(app);
      provider.state.claims = { sub: 's3', email: squatter.email, email_verified: true };
      assert.equal((await finish(await begin())).status, 409);
      provider.state.claims = { sub: 's1', email: 'oidc@example.net', email_verified: true };
      const state = await begin();
      assert.equal((await finish(state)).status, 200);
      assert.equal((await finish(state)).body.code, 'invalid_challenge');
      const other = await begin();
      provider.state.nonce = 'another';
      assert.equal((await finish(other)).body.code, 'provider_failed');
      assert.equal((await app.http.get('/api/platform/auth/oidc/nobody/start')).status, 404);
    });
  });
});
