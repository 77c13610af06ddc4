/** Sign-in by a provider: addresses, the browser that began, the second factor. */
import assert from 'node:assert/strict';
import { Secret, TOTP } from 'otpauth';
import { authConfig, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { startOidcProvider } from '#test/support/oidc-provider.ts';

describe('sign-in by a provider', () => {
  let app: TestPlatform;
  let provider: Awaited<ReturnType<typeof startOidcProvider>>;
  before(async () => {
    provider = await startOidcProvider(Date.now);
    const work = { issuer: provider.issuer, clientId: 'client', clientSecret: 'secret' };
    app = await startPlatform({
      plugins: { auth: { ...authConfig, oidc: { work, strict: { ...work, asksSecondFactor: true } } } },
      config: { http: { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } } },
    });
  });
  after(async () => {
    await app.stop();
    provider.close();
  });

  const begin = async (name = 'work') => {
    const { status, headers } = await app.http.get(`/api/platform/auth/oidc/${name}/start`);
    assert.equal(status, 302);
    const url = new URL(headers.get('location')!);
    assert.equal(url.searchParams.get('code_challenge_method'), 'S256');
    provider.state.nonce = url.searchParams.get('nonce')!;
    return { name, state: url.searchParams.get('state')!, cookie: headers.get('set-cookie')! };
  };
  const finish = ({ name, state, cookie }: Awaited<ReturnType<typeof begin>>) =>
    app.http.get(`/api/platform/auth/oidc/${name}/callback?code=c&state=${state}`, { cookie: cookie.split(';')[0]! });

  it('makes an account from a verified address, and knows it the next time', async () => {
    provider.state.claims = { sub: 's1', email: 'oidc@example.net', email_verified: true, name: 'Oida' };
    const first = await finish(await begin());
    assert.deepEqual([first.status, first.body.user?.email], [200, 'oidc@example.net'], first.text);
    provider.state.claims = { sub: 's1', email: 'changed@example.net', email_verified: true };
    assert.equal((await finish(await begin())).body.user.id, first.body.user.id);
  });

  it('takes a verified address that is said as a text, as Apple says it', async () => {
    provider.state.claims = { sub: 'text', email: 'text@example.net', email_verified: 'true' };
    assert.equal((await finish(await begin())).status, 200);
    provider.state.claims = { sub: 'false', email: 'false@example.net', email_verified: 'false' };
    assert.equal((await finish(await begin())).body.code, 'email_not_verified');
  });

  it('refuses unverified addresses, addresses that were never confirmed here, and replays', async () => {
    provider.state.claims = { sub: 's2', email: 'x@example.net', email_verified: false };
    assert.equal((await finish(await begin())).body.code, 'email_not_verified');
    const squatter = await register(app);
    provider.state.claims = { sub: 's3', email: squatter.email, email_verified: true };
    assert.equal((await finish(await begin())).status, 409);
    provider.state.claims = { sub: 's1', email: 'oidc@example.net', email_verified: true };
    const trip = await begin();
    assert.equal((await finish(trip)).status, 200);
    assert.equal((await finish(trip)).body.code, 'invalid_challenge');
    const other = await begin();
    provider.state.nonce = 'another';
    assert.equal((await finish(other)).body.code, 'provider_failed');
  });

  it('does not know providers by the names that every object has', async () => {
    for (const name of ['nobody', 'constructor', '__proto__', 'toString']) {
      for (const path of ['start', 'callback?code=c&state=s']) {
        const answer = await app.http.get(`/api/platform/auth/oidc/${name}/${path}`);
        assert.deepEqual([answer.status, answer.body.code], [404, 'unknown_provider'], `${name}/${path}`);
      }
    }
  });

  it('comes back only to the browser that began', async () => {
    provider.state.claims = { sub: 's1', email: 'oidc@example.net', email_verified: true };
    const [mine, other] = [await begin(), await begin()];
    assert.match(mine.cookie, /HttpOnly; SameSite=Lax/);
    provider.state.nonce = '';
    for (const cookie of ['', other.cookie]) {
      assert.equal((await finish({ ...(await begin()), cookie })).body.code, 'invalid_challenge');
    }
  });

  it('asks for the second factor, unless the provider is said to ask itself', async () => {
    provider.state.claims = { sub: 'otp', email: 'otp@example.net', email_verified: true };
    const { body } = await finish(await begin());
    const http = app.http.bearer(body.access_token);
    const { secret } = (await http.post('/api/platform/auth/totp')).body;
    const code = () => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: app.clock.now() });
    await http.post('/api/platform/auth/totp/confirm', { code: code() });
    await app.clock.advance(60_000);

    const asked = await finish(await begin());
    assert.deepEqual([asked.status, asked.body.code], [401, 'otp_required']);
    const goOn = (otp: string) =>
      app.http.post('/api/platform/auth/oidc/otp', { challenge: asked.body.challenge, otp });
    assert.equal((await goOn('000000')).body.code, 'invalid_otp');
    assert.equal((await goOn(code())).body.user.id, body.user.id);
    assert.equal((await goOn(code())).body.code, 'invalid_challenge');
    const trusted = await finish(await begin('strict'));
    assert.equal(trusted.status, 200, trusted.text);
  });
});
