/** What others try with the cookie of a page: foreign pages, foreign tokens, copies, fixation, floods. On two replicas too. */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { authConfig, keyOf, register } from '#test/support/accounts.ts';
import { type Browser, openBrowser } from '#test/support/browser.ts';
import { freshDatabase, startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';
import { openStream } from '#test/support/streams.ts';

const MINUTE = 60_000;
const SESSION = '/api/platform/auth/session';
const KEYS = '/api/v2/api-keys';
const PLUGINS = {
  [socketPlugin()]: {},
  auth: authConfig,
  mail: { domains: ['example.com'], publicDomains: ['example.com'], smtp: { enabled: false } },
};
const config = { http: { rateLimit: { enabled: false } } };

/** A plugin with a socket for people. */
function socketPlugin(): string {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-socket-'));
  const connected = 'connected: (socket, { principal }) => socket.send(principal.id)';
  writeFileSync(
    join(folder, 'index.ts'),
    `export default { name: 'socket', summary: 's', sockets: [{ path: '/ws/mine', access: 'user', summary: 's', ${connected} }] };`,
  );
  return folder;
}

describe('the cookie of a page', () => {
  let app: TestPlatform;
  /** Another replica, where there can be one. */
  let other: TestPlatform;
  before(async () => {
    const database = await freshDatabase();
    app = await startPlatform({ plugins: PLUGINS, config, database });
    const { dataDir, clock } = app;
    other = testDatabase === 'pg' ? await startPlatform({ plugins: PLUGINS, config, database, dataDir, clock }) : app;
  });
  after(async () => {
    if (other !== app) await other.platform.stop();
    await app.stop();
  });

  async function signedIn() {
    const person = await register(app);
    const browser = openBrowser(app);
    await browser.signIn(person.email, person.password);
    return { person, browser };
  }
  const isIn = async (browser: Browser) => (await browser.get('/api/platform/me')).status === 200;
  const copyOf = (browser: Browser) => {
    const copy = openBrowser(app);
    copy.keep(browser.cookie());
    copy.csrf = browser.csrf;
    return copy;
  };
  const foreign = () => {
    const port = app.port === 65535 ? 1 : app.port + 1;
    return {
      missing: { origin: '', 'sec-fetch-site': '' },
      'another site': { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      'another site, an old browser': { origin: 'https://evil.example', 'sec-fetch-site': '' },
      null: { origin: 'null', 'sec-fetch-site': 'cross-site' },
      'another port': { origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-site' },
      'another port, plain http': { origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': '' },
      'a sub-domain': { origin: `http://sub.127.0.0.1:${app.port}`, 'sec-fetch-site': 'same-site' },
      'a longer name': { origin: `${app.url}.evil.example`, 'sec-fetch-site': 'cross-site' },
      'no origin, another site': { origin: '', 'sec-fetch-site': 'cross-site' },
      'an address typed': { origin: '', 'sec-fetch-site': 'none' },
      'own origin, as another site says it': { origin: app.url, 'sec-fetch-site': 'cross-site' },
      'two origins': { origin: `${app.url}, https://evil.example`, 'sec-fetch-site': '' },
    };
  };

  it('writes nothing for pages of others, whoever knows the token', async () => {
    const { browser } = await signedIn();
    for (const [name, headers] of Object.entries(foreign())) {
      const { status, body } = await browser.post(KEYS, { name: 'x' }, headers);
      assert.deepEqual([status, body.code], [403, 'foreign_page'], name);
    }
    assert.deepEqual((await browser.get(KEYS)).body, []);
    assert.equal((await browser.post(KEYS, { name: 'x' }, { 'sec-fetch-site': '' })).status, 201);
    assert.equal((await browser.post(KEYS, { name: 'x' }, { origin: '' })).status, 201);
  });

  it('reads nothing for pages of others', async () => {
    const { browser } = await signedIn();
    const allowed = ['missing', 'an address typed'];
    for (const [name, headers] of Object.entries(foreign()))
      for (const path of ['/api/platform/me', '/api/v2/users/me'])
        assert.equal((await browser.get(path, headers)).status, allowed.includes(name) ? 200 : 403, `${name} ${path}`);
  });

  it('is nobody to routes that need nobody, when another page sends it', async () => {
    const { browser } = await signedIn();
    assert.equal((await browser.get('/api/session')).status, 200);
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }])
      assert.equal((await browser.get('/api/session', headers)).status, 401);
  });

  it('writes with the token of its own session alone', async () => {
    const { browser } = await signedIn();
    const { browser: stranger } = await signedIn();
    for (const token of [
      '',
      'x',
      stranger.csrf,
      browser.csrf.slice(1),
      `${browser.csrf}x`,
      browser.csrf.toUpperCase(),
    ]) {
      const { status, body } = await browser.post('/api/platform/auth/totp', undefined, { 'x-csrf-token': token });
      assert.deepEqual([status, body.code], [403, 'csrf_token_required'], token);
    }
    // In the address or the body it is none.
    const elsewhere = `/api/platform/auth/totp?x-csrf-token=${browser.csrf}&csrf_token=${browser.csrf}`;
    assert.equal((await browser.post(elsewhere, undefined, { 'x-csrf-token': '' })).status, 403);
    assert.equal((await browser.post('/api/platform/auth/totp')).status, 200);
  });

  it('does not make the GETs of older APIs that change something a picture’s work', async () => {
    const { browser } = await signedIn();
    for (const path of ['/api/generate', '/api/email/1', '/api/platform/mail/messages/1']) {
      const answer = await browser.get(path, { 'x-csrf-token': '' });
      assert.deepEqual([answer.status, answer.text.includes('X-CSRF-Token')], [403, true], path);
      assert.notEqual((await browser.get(path)).body.code, 'csrf_token_required', path);
    }
  });

  it('does not disturb who names a token or a key, right or wrong', async () => {
    const { person, browser } = await signedIn();
    const stranger = await register(app);
    const whose = async (headers: Record<string, string>) => {
      const { status, body } = await app.http.get('/api/v2/users/me', { cookie: browser.cookie(), ...headers });
      return [status, body.email ?? body.code];
    };
    const bearer = { authorization: `Bearer ${stranger.accessToken}` };
    assert.deepEqual(await whose(bearer), [200, stranger.email]);
    assert.deepEqual(await whose(await keyOf(stranger)), [200, stranger.email]);
    assert.deepEqual(await whose({ authorization: 'Bearer wrong' }), [401, 'unauthenticated']);
    assert.deepEqual(await whose({ 'x-api-key': 'mf_wrong' }), [401, 'invalid_token']);
    assert.deepEqual(await whose({ 'x-admin-token': 'wrong' }), [401, 'unauthenticated']);
    assert.deepEqual(await whose({}), [200, person.email]);
    // Programs need neither Origin nor token.
    const made = await app.http.post(
      KEYS,
      { name: 'x' },
      { cookie: browser.cookie(), origin: 'https://x.example', ...bearer },
    );
    assert.equal(made.status, 201);
  });

  it('comes after the cookie of the mail API on its paths, unless a page asks', async () => {
    const { person, browser } = await signedIn();
    const mailUser = await register(app);
    const { headers } = await app.http.post('/api/login', { username: mailUser.email, password: mailUser.password });
    const both = `${browser.cookie()}; ${headers.get('set-cookie')!.split(';')[0]}`;
    const who = async (more: object) => (await app.http.get('/api/session', { cookie: both, ...more })).body.username;
    assert.equal(await who({}), mailUser.email);
    assert.equal(await who({ 'x-csrf-token': browser.csrf }), person.email);
    assert.equal((await app.http.get('/api/platform/me', { cookie: both })).body.user.email, person.email);
    // What the older pages do needs no token, as ever.
    const made = await app.http.get('/api/generate', { cookie: both });
    assert.equal(made.status, 200, made.text);
  });

  it('is not set for pages of others, so that nobody is signed in as somebody else', async () => {
    const { email, password } = await register(app);
    const wish = { identifier: email, password };
    for (const [name, headers] of Object.entries(foreign())) {
      const answer = await openBrowser(app).post(SESSION, wish, headers);
      assert.deepEqual([answer.status, answer.headers.getSetCookie()], [403, []], name);
    }
    const form = { 'content-type': 'text/plain' };
    assert.equal((await openBrowser(app).post(SESSION, JSON.stringify(wish), form)).status, 415);
  });

  it('is never one that was there before somebody signed in', async () => {
    const { person, browser } = await signedIn();
    const planted = copyOf(browser);
    for (const cookie of [`patchbay-page=${'A'.repeat(43)}`, browser.cookie()]) {
      const victim = openBrowser(app);
      victim.keep(cookie);
      await victim.signIn(person.email, person.password);
      assert.notEqual(victim.cookie(), cookie);
      assert.equal(await isIn(victim), true);
    }
    assert.equal(await isIn(planted), false);
  });

  it('is exchanged as it is used, and two tabs that come at once are not disturbed', async () => {
    const { browser } = await signedIn();
    const first = browser.cookie();
    await app.clock.advance(16 * MINUTE);
    const tabs = [browser, copyOf(browser), copyOf(browser), copyOf(browser)].map((tab, index) =>
      index % 2 ? tab.at(other) : tab,
    );
    const answers = await Promise.all(tabs.map((tab) => tab.get('/api/platform/me')));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    const given = answers.flatMap(({ headers }) => headers.getSetCookie());
    assert.equal(given.length, 1);
    browser.keep(given[0]!.split(';')[0]!);
    assert.notEqual(browser.cookie(), first);
    assert.equal(await isIn(browser.at(other)), true);
    // What was on its way with the old one is let through for a minute.
    const late = openBrowser(app);
    late.keep(first);
    await app.clock.advance(MINUTE / 2);
    assert.deepEqual([await isIn(late), await isIn(browser)], [true, true]);
    assert.equal(late.cookie(), first);
  });

  it('is given again when the answer that brought it was lost', async () => {
    const { browser } = await signedIn();
    const old = browser.cookie();
    await app.clock.advance(16 * MINUTE);
    assert.equal(await isIn(browser), true);
    const lost = browser.cookie();
    browser.keep(old);
    assert.deepEqual([await isIn(browser), browser.cookie()], [true, old]);
    for (let minute = 0; minute < 5; minute++) {
      await app.clock.advance(MINUTE);
      browser.keep(old);
      assert.equal(await isIn(browser.at(minute % 2 ? other : app)), true);
      assert.equal(browser.cookie(), lost);
    }
    assert.equal(await isIn(browser), true);
  });

  it('ends its session when a copy of an older one comes back, on every replica, and the log says so', async () => {
    const { person, browser } = await signedIn();
    const thief = copyOf(browser);
    await app.clock.advance(16 * MINUTE);
    assert.deepEqual([await isIn(browser), await isIn(browser)], [true, true]);
    await app.clock.advance(2 * MINUTE);
    const answer = await thief.at(other).get('/api/platform/me');
    assert.deepEqual([answer.status, answer.body.code], [401, 'token_reused']);
    assert.deepEqual([await isIn(browser), await isIn(browser.at(other))], [false, false]);
    const entries = await app.services.db.read('auth_audit_entries').where({ action: 'session.token_reused' });
    assert.equal(entries.filter(({ actor_id }) => actor_id === person.id).length, 1);
    assert.equal((await person.http.get('/api/v2/users/me')).status, 200);
  });

  it('ends its session when the thief was first, and its owner comes back', async () => {
    const { browser } = await signedIn();
    const thief = copyOf(browser);
    await app.clock.advance(16 * MINUTE);
    assert.deepEqual([await isIn(thief), await isIn(thief)], [true, true]);
    await app.clock.advance(2 * MINUTE);
    assert.deepEqual([await isIn(browser), await isIn(thief)], [false, false]);
  });

  it('is over at once on every replica when its session is ended', async () => {
    const { person, browser } = await signedIn();
    const there = browser.at(other);
    assert.equal(await isIn(there), true);
    const { items } = (await person.http.get('/api/platform/auth/sessions')).body;
    const { id } = items.find(({ in_browser }: any) => in_browser);
    assert.equal((await person.http.delete(`/api/platform/auth/sessions/${id}`)).status, 204);
    assert.equal(await isIn(there), false);
    assert.equal((await there.post(KEYS, { name: 'x' })).status, 401);
  });

  it('is not renewed twice: of two changes at once one goes on, and the other ends nothing', async () => {
    const { browser } = await signedIn();
    const principal = await app.services.pageSessions.principalIn(
      (await browser.get('/api/platform/me')).body.session.id,
    );
    const renewed = await Promise.all([app, other].map(({ services }) => services.pageSessions.renew(principal!)));
    assert.equal(renewed.filter((one) => one !== null).length, 1);
    browser.keep(renewed.find((one) => one !== null)!.cookie.split(';')[0]!);
    assert.equal(await isIn(browser), true);
  });

  it('that is broken, foreign, doubled or huge is nobody’s, and no fault', async () => {
    const { browser } = await signedIn();
    const { browser: attacker } = await signedIn();
    const asks = async (cookie: string) => (await app.http.get('/api/platform/me', { cookie })).status;
    const name = 'patchbay-page';
    for (const value of ['', 'x', 'A'.repeat(43), "' or 1=1 --", '%00', '\u00e9'.repeat(43), 'A'.repeat(8_000)])
      assert.equal(await asks(`${name}=${value}`), 401, value);
    assert.equal(await asks(browser.cookie()), 200);
    assert.equal(await asks(`${attacker.cookie()}; ${browser.cookie()}`), 401);
    assert.equal(await asks(`${browser.cookie()}; ${browser.cookie()}`), 401);
    assert.equal(await asks(browser.cookie().toUpperCase()), 401);
    const many = Array.from({ length: 1_500 }, (_, index) => `c${index}=x`).join('; ');
    assert.equal(await asks(`${many}; ${browser.cookie()}`), 200);
    assert.equal(await asks(`${browser.cookie()}; big=${'x'.repeat(40_000)}`), 431);
  });

  it('opens streams, which end with the session, with its renewal, and when it is idle', async () => {
    const stream = '/api/platform/live?topics=*';
    const { person, browser } = await signedIn();
    const open = () => openStream(`${other.url}${stream}`, browser.at(other).headers());
    assert.equal(
      (await openStream(`${app.url}${stream}`, { ...browser.headers(), origin: 'https://evil.example' })).status,
      403,
    );
    const one = await open();
    assert.equal(one.status, 200);
    await browser.delete(`/api/platform/auth/sessions`);
    await one.over();

    await browser.signIn(person.email, person.password);
    const two = await open();
    const id = (await browser.get('/api/platform/me')).body.session.id;
    await app.services.pageSessions.renew((await app.services.pageSessions.principalIn(id))!);
    await two.over();

    await browser.signIn(person.email, person.password);
    const three = await open();
    await app.clock.advance(16 * MINUTE);
    assert.deepEqual([await isIn(browser), await isIn(browser)], [true, true]);
    await other.services.connections.recheck();
    assert.equal(three.isOver(), false, 'its cookie was exchanged a moment ago');
    const four = await open();
    await app.clock.advance(16 * MINUTE);
    await other.services.connections.recheck();
    await three.over();
    assert.equal(four.isOver(), false);
    // Nobody looks at the page: an open stream is no use of it.
    await app.clock.advance(24 * 60 * MINUTE);
    await other.services.connections.recheck();
    await four.over();
    assert.equal(await isIn(browser), false);
  });

  it('opens sockets for own pages alone, which end with the session', async () => {
    const { person, browser } = await signedIn();
    const open = (headers: Record<string, string>) => {
      const given = Object.entries({ cookie: browser.cookie(), ...headers }).filter(([, value]) => value !== '');
      const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws/mine`, { headers: Object.fromEntries(given) });
      return new Promise<{ socket: WebSocket; said: string }>((resolve, reject) => {
        socket.on('message', (data) => resolve({ socket, said: String(data) }));
        socket.on('unexpected-response', (_, response) => resolve({ socket, said: String(response.statusCode) }));
        socket.on('error', reject);
      });
    };
    for (const [name, headers] of Object.entries(foreign())) assert.equal((await open(headers)).said, '403', name);
    const { socket, said } = await open({ origin: app.url });
    assert.equal(said, person.id);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    assert.equal((await browser.delete(SESSION)).status, 204);
    assert.equal(await closed, 1008);
    assert.equal((await open({ origin: app.url })).said, '401');
  });
});
