/** Cookies: ended at the server by signing out, of no use to other origins; keys of remote images. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, SignJWT } from 'jose';
import { ADMIN, authConfig, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { sendMail } from '#test/support/smtp.ts';

describe('cookies of the temp-mail API', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: { ...authConfig, registration: 'open' },
        mail: { mailboxTtl: 0, smtp: { enabled: false }, guest: { enabled: true, password: 'look around' } },
      },
      config: { http: { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } } },
    });
  });
  after(() => app.stop());

  const signIn = async (username = ADMIN.username, password = ADMIN.password) => {
    const answer = await app.http.post('/api/login', { username, password });
    const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    return app.http.with({ cookie });
  };

  it('are of no use after signing out, wherever a copy is', async () => {
    for (const who of [
      [ADMIN.username, ADMIN.password],
      ['guest', 'look around'],
    ]) {
      const [one, other] = [await signIn(...who), await signIn(...who)];
      assert.equal((await one.get('/api/session')).status, 200);
      const answer = await one.post('/api/logout');
      assert.match(answer.headers.get('set-cookie') ?? '', /Max-Age=0/);
      assert.equal((await one.get('/api/session')).status, 401);
      assert.equal((await other.get('/api/session')).status, 200, 'other sessions go on');
    }
    assert.equal((await app.http.with({ cookie: 'patchbay-session=x' }).post('/api/logout')).status, 200);
  });

  it('are forgotten when they would have ended anyway', async () => {
    await (await signIn('guest', 'look around')).post('/api/logout');
    const { db, mailSessions } = app.services;
    await app.clock.advance(6 * 24 * 3600_000);
    await mailSessions.deleteOld();
    assert.ok((await db.read('mail_ended_sessions')).length > 0);
    await app.clock.advance(2 * 24 * 3600_000);
    await mailSessions.deleteOld();
    assert.deepEqual(await db.read('mail_ended_sessions'), []);
  });

  it('that lack a part are nobody, however well they are signed', async () => {
    const answer = await app.http.post('/api/login', { username: ADMIN.username, password: ADMIN.password });
    const claims = decodeJwt((answer.headers.get('set-cookie') ?? '').split(/[=;]/)[1] ?? '');
    const key = app.services.secrets.derive('mail.session');
    const cookieOf = async (odd: object) =>
      `patchbay-session=${await new SignJWT({ ...odd }).setProtectedHeader({ alg: 'HS256' }).sign(key)}`;
    const status = async (odd: object) =>
      (await app.http.with({ cookie: await cookieOf(odd) }).get('/api/session')).status;
    assert.equal(await status(claims), 200);
    const { who: _, ver: __, ...rest } = claims;
    for (const odd of [rest, { ...rest, kind: 'mailbox' }, { ...claims, ver: 7 }, { ...claims, who: null }])
      assert.equal(await status(odd), 401, JSON.stringify(odd));
  });

  it('work for pages of this origin alone, also where GET changes something', async () => {
    const http = await signIn();
    const path = '/api/generate';
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: app.url.replace(/\d+$/, '1') },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    const own: Record<string, string>[] = [
      { origin: app.url },
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of foreign) {
      assert.equal((await http.get(path, headers)).status, 403, JSON.stringify(headers));
    }
    for (const headers of own) {
      assert.equal((await http.get(path, headers)).status, 200, JSON.stringify(headers));
    }
    const bearer = app.http.bearer(ROOT_TOKEN);
    assert.equal(
      (await bearer.get(path, { origin: 'https://evil.example' })).status,
      200,
      'a token does not come by itself',
    );
  });
});

describe('the proxy of remote images', () => {
  let app: TestPlatform;
  let outside: Server;
  let asked: string[];
  before(async () => {
    asked = [];
    outside = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'image/png' }).end('png');
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    app = await startPlatform({
      plugins: {
        auth: { ...authConfig, registration: 'open' },
        mail: { publicDomains: ['example.com'], mailboxTtl: 0, smtp: { port: 0 } },
      },
      config: { http: { outbound: { allow: ['127.0.0.1'] } } },
    });
  });
  after(async () => {
    await app.stop();
    outside.close();
  });

  it('fetches what the mail names, for who may read the mail', async () => {
    const owner = await register(app);
    const stranger = await register(app);
    await owner.http.post('/api/create', { local: 'pictures' });
    const url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
    const html = `<img src="${url}/one.png?a=1&amp;b=%20ä"><img src="${url}/two.png">/api/platform/mail/image?message=1&amp;url=%zz`;
    await sendMail(app.services.smtpReceiver.port()!, {
      from: 'a@b.example',
      to: 'pictures@example.com',
      subject: 'x',
      html,
    });
    await app.services.mailParseLoop.idle();
    const [{ id }] = (await owner.http.get('/api/emails?mailbox=pictures@example.com')).body;
    const shown = (await owner.http.get(`/api/email/${id}?sanitize=1&images=1`)).body.html_content as string;
    const [one = '', two = ''] = [...shown.matchAll(/src="([^"]+)"/g)].map(([, src = '']) =>
      src.replaceAll('&amp;', '&'),
    );
    assert.equal((await owner.http.get(one)).status, 200);
    assert.equal((await owner.http.get(two)).status, 200);
    assert.deepEqual(asked, ['/one.png?a=1&b=%20%C3%A4', '/two.png']);
    const urlOf = (text: string) => text.slice(text.indexOf('&url='));
    assert.equal((await owner.http.get(one.replace(urlOf(one), urlOf(two)))).status, 403, 'each address has its key');
    assert.equal((await stranger.http.get(one)).status, 404);
    assert.equal(asked.length, 2);
  });
});
