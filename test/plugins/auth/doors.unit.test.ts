/** Doors of auth: the root token, a flood of sign-ins, and the pages that mailed links open. */
import assert from 'node:assert/strict';
import { coreErrors } from '#core/errors.ts';
import { afterUnfelt, authConfig, catchMails, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('doors of auth', () => {
  let app: TestPlatform;
  let mails: ReturnType<typeof catchMails>;
  beforeEach(async () => {
    app = await startPlatform({ plugins: { auth: authConfig }, config: { http: { trustProxy: ['127.0.0.1'] } } });
    mails = catchMails(app);
  });
  afterEach(() => app.stop());

  it('wrong root tokens are limited for an address, in each of their forms, and audited', async () => {
    const from = (ip: string) => app.http.with({ 'x-forwarded-for': ip });
    const forms = [
      (token: string, ip: string) => from(ip).bearer(token),
      (token: string, ip: string) => from(ip).with({ 'x-admin-token': token }),
    ];
    for (const [index, form] of forms.entries()) {
      const ip = `192.0.2.${index}`;
      const stats = async (token: string) => (await form(token, ip).get('/api/v2/admin/stats')).status;
      for (let tries = 0; tries < 30; tries++) assert.equal(await stats(`a wrong token ${tries}`), 401);
      assert.deepEqual([await stats('one more'), await stats(ROOT_TOKEN)], [429, 429]);
    }
    assert.equal((await app.http.bearer(ROOT_TOKEN).get('/api/v2/admin/stats')).status, 200, 'from elsewhere');
    const refused = await app.services.db.read('auth_audit_entries').where({ action: 'root_token.refused' });
    assert.deepEqual(
      refused.map(({ ip, chain }) => [ip, chain]),
      [
        ['192.0.2.0', 'attempts'],
        ['192.0.2.1', 'attempts'],
      ],
    );
  });

  it('requests without a token, and with a token that others know, are no tries', async () => {
    const person = await register(app);
    for (let index = 0; index < 40; index++) {
      assert.equal((await app.http.get('/api/v2/users/me')).status, 401);
      assert.equal((await person.http.get('/api/v2/users/me')).status, 200);
    }
    assert.equal((await app.http.bearer(ROOT_TOKEN).get('/api/v2/admin/stats')).status, 200);
  });

  it('a flood of sign-ins is refused without a stack in the log, and is no wrong password', async () => {
    const { email, password } = await register(app);
    const { passwords, log } = app.services;
    const logged: string[] = [];
    log.error = () => void logged.push('error');
    log.warn = () => void logged.push('warn');
    const { verify } = passwords;
    passwords.verify = () => Promise.reject(coreErrors.unavailable());
    for (let index = 0; index < 15; index++) {
      assert.equal((await app.http.post('/api/v2/auth/login', { email, password })).status, 503);
    }
    passwords.verify = verify;
    assert.deepEqual(logged, Array(15).fill('warn'));
    assert.equal((await app.http.post('/api/v2/auth/login', { email, password })).status, 200);
  });

  it('each mailed link opens a page that posts to where the token is good for', async () => {
    const owner = await register(app);
    await owner.http.post('/api/platform/auth/invitations', { email: 'guest@example.net' });
    await app.http.post('/api/v2/auth/forgot-password', { email: owner.email });
    await app.http.post('/api/v2/auth/magic-link/request', { email: owner.email });
    await afterUnfelt(app);
    const paths = new Set<string>();
    for (const { text } of mails) {
      const link = new URL(/https?:\S+/.exec(text)![0]);
      paths.add(link.pathname);
      const page = await app.http.get(link.pathname + link.search);
      assert.deepEqual([page.status, page.headers.get('content-type')], [200, 'text/html; charset=utf-8']);
      assert.match(page.headers.get('content-security-policy')!, /default-src 'none'/);
      const target = /fetch\("([^"]+)"/.exec(page.text)![1]!;
      const answer = await app.http.post(target, { token: 'not this one' });
      assert.ok([400, 422].includes(answer.status), `${target} answers ${answer.status}`);
      assert.ok(!page.text.includes(link.searchParams.get('token')!), 'the page itself does not hold the token');
    }
    assert.equal(paths.size, 4);
  });
});
