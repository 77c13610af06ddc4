/** Sessions of pages: the cookie, every way of getting one, its lifetime, and where it ends. */
import assert from 'node:assert/strict';
import { Secret, TOTP } from 'otpauth';
import { afterUnfelt, authConfig, catchMails, register, signInAdmin } from '#test/support/accounts.ts';
import { type Browser, openBrowser } from '#test/support/browser.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { startOidcProvider } from '#test/support/oidc-provider.ts';
import { softwareAuthenticator } from '#test/support/webauthn.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const SESSION = '/api/platform/auth/session';
const config = { http: { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } } };

describe('sessions of pages', () => {
  let app: TestPlatform;
  let provider: Awaited<ReturnType<typeof startOidcProvider>>;
  before(async () => {
    provider = await startOidcProvider(Date.now);
    const work = { issuer: provider.issuer, clientId: 'client', clientSecret: 'secret' };
    app = await startPlatform({ plugins: { auth: { ...authConfig, oidc: { work } } }, config });
  });
  after(async () => {
    await app.stop();
    provider.close();
  });

  const meOf = async (browser: Browser) => (await browser.get('/api/platform/me')).body;
  const isIn = async (browser: Browser) => (await browser.get('/api/platform/me')).status === 200;
  async function signedIn() {
    const person = await register(app);
    const browser = openBrowser(app);
    await browser.signIn(person.email, person.password);
    return { person, browser };
  }

  it('have a cookie that scripts, other sites and caches do not get', async () => {
    const { email, password } = await register(app);
    const { headers } = await openBrowser(app).signIn(email, password);
    const [cookie] = headers.getSetCookie();
    assert.match(cookie!, /^patchbay-page=[\w-]{43}; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Strict$/);
    assert.equal(headers.get('cache-control'), 'no-store');
    const kept = JSON.stringify(await app.services.db.read('auth_page_tokens'));
    assert.ok(!kept.includes(/=([\w-]{43})/.exec(cookie!)![1]!));
  });

  it('say who somebody is', async () => {
    const { person, browser } = await signedIn();
    const me = await meOf(browser);
    assert.deepEqual(
      [me.kind, me.user.email, me.tenant.id, me.roles, me.scopes, me.is_superadmin, me.has_second_factor],
      ['user', person.email, person.tenantId, ['owner'], null, false, false],
    );
    assert.equal(me.csrf_token, browser.csrf);
    assert.deepEqual([me.session.method, me.plugins.map(({ name }: any) => name)], ['password', ['auth']]);
    const bearer = (await person.http.get('/api/platform/me')).body;
    assert.deepEqual([bearer.user.id, bearer.csrf_token, bearer.session.ends_at], [person.id, null, null]);
    const root = await app.http.bearer(authConfig.rootToken).get('/api/platform/me');
    assert.deepEqual([root.body.kind, root.body.user, root.body.is_superadmin], ['root', null, true]);
  });

  it('are for the same routes as tokens, of every dialect', async () => {
    const { browser } = await signedIn();
    assert.equal((await browser.get('/api/v2/users/me')).status, 200);
    assert.equal((await browser.post('/api/v2/api-keys', { name: 'from a page' })).status, 201);
    assert.equal((await browser.get('/api/v2/admin/stats')).status, 403);
  });

  it('come after a mailed link, an invitation and a registration', async () => {
    const mails = catchMails(app);
    const { person, browser: owner } = await signedIn();
    await app.http.post('/api/v2/auth/magic-link/request', { email: person.email });
    await afterUnfelt(app);
    const byLink = openBrowser(app);
    const link = await byLink.post(`${SESSION}/magic-link`, {
      token: mails.findLast(({ to }) => to === person.email)!.token,
    });
    assert.deepEqual([link.status, (await meOf(byLink)).session.method], [200, 'magic-link'], link.text);

    // The link has confirmed the address, which ends what was there before.
    await owner.signIn(person.email, person.password).catch(() => byLink);
    const invited = await byLink.post('/api/platform/auth/invitations', { email: 'page@example.net', role: 'admin' });
    assert.equal(invited.status, 201, invited.text);
    await app.services.jobs.idle();
    const guest = openBrowser(app);
    const joined = {
      token: mails.findLast(({ to }) => to === 'page@example.net')!.token,
      password: 'a page of my own 1',
    };
    assert.equal((await guest.post(`${SESSION}/invitation`, joined)).status, 200);
    assert.deepEqual([(await meOf(guest)).roles, (await meOf(guest)).tenant.id], [['admin'], person.tenantId]);

    const newcomer = openBrowser(app);
    const wish = { email: 'newcomer@example.net', password: 'a page of my own 2' };
    assert.equal((await newcomer.post(`${SESSION}/register`, wish)).status, 200);
    assert.equal((await meOf(newcomer)).user.email, 'newcomer@example.net');
  });

  it('come after the set-up of the first administrator', async () => {
    const fresh = await startPlatform({ plugins: ['auth'] });
    const link = await fresh.services.registration.setupLink();
    const browser = openBrowser(fresh);
    const wish = { token: link, email: 'first@example.net', password: 'the very first one' };
    assert.equal((await browser.post(`${SESSION}/setup`, wish)).status, 200);
    assert.equal((await browser.get('/api/platform/me')).body.is_superadmin, true);
    await fresh.stop();
  });

  it('come after a passkey', async () => {
    const { person, browser } = await signedIn();
    const authenticator = softwareAuthenticator();
    const origin = new URL(app.services.coreConfig.http.publicUrl).origin;
    const options = (await browser.post('/api/platform/auth/passkeys/options')).body;
    const credential = authenticator.create(options, origin);
    const former = browser.cookie();
    assert.equal((await browser.post('/api/platform/auth/passkeys', { name: 'p', credential })).status, 201);
    assert.notEqual(browser.cookie(), former);
    const other = openBrowser(app);
    const asked = (await other.post('/api/platform/auth/passkeys/sign-in/options')).body;
    const answer = await other.post(`${SESSION}/passkey`, { credential: authenticator.get(asked, origin) });
    assert.deepEqual([answer.status, answer.body.user?.id], [200, person.id], answer.text);
  });

  it('come after a provider, which leads back to the page that has asked', async () => {
    const start = '/api/platform/auth/oidc/work/start';
    const trip = async (browser: Browser, page: string) => {
      const { headers } = await browser.get(`${start}?page=${encodeURIComponent(page)}`);
      const url = new URL(headers.get('location')!);
      provider.state.nonce = url.searchParams.get('nonce')!;
      const callback = `/api/platform/auth/oidc/work/callback?code=c&state=${url.searchParams.get('state')}`;
      return browser.get(callback, { 'sec-fetch-site': 'cross-site' });
    };
    provider.state.claims = { sub: 'page', email: 'provided@example.net', email_verified: true };
    const browser = openBrowser(app);
    const back = await trip(browser, '/mail?box=1');
    assert.deepEqual([back.status, back.headers.get('location')], [302, '/mail?box=1'], back.text);
    assert.equal((await meOf(browser)).user.email, 'provided@example.net');

    browser.csrf = (await meOf(browser)).csrf_token;
    const { secret } = (await browser.post('/api/platform/auth/totp')).body;
    const code = () => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: app.clock.now() });
    assert.equal((await browser.post('/api/platform/auth/totp/confirm', { code: code() })).status, 200);
    await app.clock.advance(MINUTE);
    const second = openBrowser(app);
    const asked = new URL((await trip(second, '/')).headers.get('location')!, 'http://x');
    const fragment = new URLSearchParams(asked.hash.slice(1));
    assert.deepEqual(
      [asked.pathname, fragment.get('error'), second.cookie().includes('patchbay-page')],
      ['/', 'otp_required', false],
    );
    const done = await second.post(`${SESSION}/oidc`, { challenge: fragment.get('challenge'), otp: code() });
    assert.equal(done.status, 200, done.text);
    assert.equal((await meOf(second)).session.method, 'oidc');

    provider.state.claims = { sub: 'other', email: 'x@example.net', email_verified: false };
    assert.equal(
      (await trip(openBrowser(app), '/sign-in')).headers.get('location'),
      '/sign-in#error=email_not_verified',
    );
    for (const page of ['//evil.example', '/\\evil.example', 'https://evil.example', '/\t/evil.example', '/a#b', ''])
      assert.equal((await app.http.get(`${start}?page=${encodeURIComponent(page)}`)).status, 422, page);
  });

  it('ask for the second factor', async () => {
    const { person, browser } = await signedIn();
    const { secret } = (await browser.post('/api/platform/auth/totp')).body;
    const code = () => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: app.clock.now() });
    assert.equal((await browser.post('/api/platform/auth/totp/confirm', { code: code() })).status, 200);
    await app.clock.advance(MINUTE);
    const other = openBrowser(app);
    const wish = { identifier: person.email, password: person.password };
    assert.equal((await other.post(SESSION, wish)).body.code, 'otp_required');
    assert.equal(other.cookie(), '');
    await other.signIn(person.email, person.password, code());
    assert.equal((await meOf(other)).has_second_factor, true);
  });

  it('go on under another name when factors or the password change, and everything else ends', async () => {
    const { person, browser } = await signedIn();
    const [cookie, csrf, me] = [browser.cookie(), browser.csrf, await meOf(browser)];
    const { secret } = (await browser.post('/api/platform/auth/totp')).body;
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: app.clock.now() });
    await browser.post('/api/platform/auth/totp/confirm', { code });
    const after = await meOf(browser);
    assert.notEqual(browser.cookie(), cookie);
    assert.notEqual(browser.csrf, csrf);
    assert.notEqual(after.session.id, me.session.id);
    assert.deepEqual([after.session.created_at, after.session.ends_at], [me.session.created_at, me.session.ends_at]);
    const thief = openBrowser(app);
    thief.keep(cookie);
    assert.equal(await isIn(thief), false);
    // The old cookie is over, and no copy that would end the session.
    assert.equal(await isIn(browser), true);

    const before = browser.cookie();
    await app.clock.advance(20 * MINUTE);
    const wish = { new_password: 'my second password' };
    assert.equal((await browser.post(`${SESSION}/password`, wish)).body.code, 'current_password_required');
    const changed = await browser.post(`${SESSION}/password`, { ...wish, current_password: person.password });
    assert.deepEqual([changed.status, changed.body.csrf_token], [200, browser.csrf], changed.text);
    assert.deepEqual([await isIn(browser), (await person.http.get('/api/v2/users/me')).status], [true, 401]);
    thief.keep(before);
    assert.equal(await isIn(thief), false);
    assert.equal((await app.http.bearer(authConfig.rootToken).post(`${SESSION}/password`, wish)).status, 403);
  });

  it('end by signing out, one by one, all others, everywhere, and by an administrator', async () => {
    const { person, browser } = await signedIn();
    const cookie = browser.cookie();
    assert.equal((await browser.delete(SESSION)).status, 204);
    assert.equal(browser.cookie(), '');
    browser.keep(cookie);
    assert.equal(await isIn(browser), false);

    const again = async () => {
      const other = openBrowser(app);
      await other.signIn(person.email, person.password);
      return other;
    };
    const [one, two, three] = [await again(), await again(), await again()];
    const { items } = (await one.get('/api/platform/auth/sessions')).body;
    assert.deepEqual(items.map((item: any) => item.in_browser).sort(), [false, true, true, true]);
    const { session } = await meOf(two);
    assert.equal((await one.delete(`/api/platform/auth/sessions/${session.id}`)).status, 204);
    assert.deepEqual([await isIn(one), await isIn(two), await isIn(three)], [true, false, true]);
    assert.equal((await one.post('/api/platform/auth/sessions/revoke-others')).status, 204);
    assert.deepEqual([await isIn(one), await isIn(three)], [true, false]);
    const four = await again();
    assert.equal((await one.delete('/api/platform/auth/sessions')).status, 204);
    assert.deepEqual([one.cookie(), await isIn(four)], ['', false]);
    assert.equal((await person.http.get('/api/v2/users/me')).status, 401);

    const five = await again();
    const admin = await signInAdmin(app);
    await admin.http.post(`/api/v2/admin/users/${person.id}/suspend`);
    assert.equal(await isIn(five), false);
  });

  it('of a browser that signs in again end', async () => {
    const { person, browser } = await signedIn();
    const cookie = browser.cookie();
    await browser.signIn(person.email, person.password);
    const former = openBrowser(app);
    former.keep(cookie);
    assert.deepEqual([await isIn(browser), await isIn(former)], [true, false]);
  });

  it('end after the idle time, and in any case after two weeks', async () => {
    const { browser } = await signedIn();
    await app.clock.advance(DAY - MINUTE);
    assert.equal(await isIn(browser), true);
    await app.clock.advance(DAY - MINUTE);
    assert.equal(await isIn(browser), true);
    await app.clock.advance(DAY + MINUTE);
    assert.equal(await isIn(browser), false);

    const { browser: busy } = await signedIn();
    for (let half = 0; half < 27; half++) {
      await app.clock.advance(DAY / 2);
      assert.equal(await isIn(busy), true, `after ${half + 1} half days`);
    }
    await app.clock.advance(DAY / 2);
    assert.equal(await isIn(busy), false);
  });

  it('say when they end, later after each use', async () => {
    const { browser } = await signedIn();
    const endOf = async () => Date.parse((await browser.get('/api/platform/me')).body.session.expires_at);
    const before = await endOf();
    await app.clock.advance(DAY / 2);
    await endOf();
    assert.equal(await endOf(), before + DAY / 2);
  });

  it('stay in memory while those of others get new cookies', async () => {
    const [{ browser: one }, { browser: other }] = [await signedIn(), await signedIn()];
    await app.clock.advance(DAY / 2);
    // The first use brings a new cookie, the second says that it has arrived.
    for (const browser of [one, one, other, other]) assert.equal(await isIn(browser), true);
    assert.equal(await isIn(one), true);
    let asked = 0;
    app.services.db.read.on('query', ({ sql }: { sql: string }) => {
      if (/from [`"]auth_(page_tokens|sessions)/.test(sql)) asked++;
    });
    await app.clock.advance(DAY / 2);
    for (const browser of [other, other]) assert.equal(await isIn(browser), true);
    asked = 0;
    assert.equal(await isIn(one), true);
    assert.equal(asked, 0);
  });

  it('keep their last use over a restart', async () => {
    const { browser } = await signedIn();
    await app.clock.advance(DAY - MINUTE);
    assert.equal(await isIn(browser), true);
    app = await app.restart();
    await app.clock.advance(DAY - MINUTE);
    assert.equal(await isIn(browser.at(app)), true);
  });
});

describe('the cookie of pages under TLS', () => {
  it('is secure, and of this host alone', async () => {
    const app = await startPlatform({
      plugins: { auth: authConfig },
      config: { http: { publicUrl: 'https://patchbay.example' } },
    });
    const { email, password } = await register(app);
    const own = { origin: 'https://patchbay.example' };
    const answer = await app.http.post(SESSION, { identifier: email, password }, own);
    const [cookie] = answer.headers.getSetCookie();
    assert.match(cookie!, /^__Host-patchbay-page=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
    const token = cookie!.split(/[=;]/)[1];
    assert.equal((await app.http.get('/api/platform/me', { cookie: `__Host-patchbay-page=${token}` })).status, 200);
    // What a sibling domain could set is not read, and what came without TLS is not believed.
    assert.equal((await app.http.get('/api/platform/me', { cookie: `patchbay-page=${token}` })).status, 401);
    const plain = await app.http.post(
      SESSION,
      { identifier: email, password },
      { origin: `http://127.0.0.1:${app.port}` },
    );
    assert.deepEqual([plain.status, plain.body.code], [403, 'foreign_page']);
    await app.stop();
  });
});
