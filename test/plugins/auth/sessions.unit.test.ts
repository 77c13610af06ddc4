/** Sessions end where they are ended: cookies as well as tokens, and not the one that asks. */
import assert from 'node:assert/strict';
import { authConfig, register, signIn, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('sessions', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { smtp: { enabled: false } } },
      config: { http: { rateLimit: { enabled: false } } },
    });
  });
  after(() => app.stop());

  const byCookie = async (username: string, password: string) => {
    const { status, headers } = await app.http.post('/api/login', { username, password });
    assert.equal(status, 200);
    return app.http.with({ cookie: headers.get('set-cookie')!.split(';')[0]! });
  };
  const isIn = async (http: typeof app.http) => (await http.get('/api/v2/users/me')).status === 200;

  it('of cookies are listed, and end with the others', async () => {
    const person = await register(app);
    const [cookie, other] = [
      await byCookie(person.email, person.password),
      await byCookie(person.email, person.password),
    ];
    const { items } = (await person.http.get('/api/platform/auth/sessions')).body;
    assert.deepEqual(items.map(({ method }: any) => method).sort(), ['cookie', 'cookie', 'password']);
    assert.equal((await person.http.post('/api/platform/auth/sessions/revoke-others')).status, 204);
    assert.deepEqual([await isIn(person.http), await isIn(cookie), await isIn(other)], [true, false, false]);
  });

  it('a cookie that ends all others stays', async () => {
    const person = await register(app);
    const cookie = await byCookie(person.email, person.password);
    const other = await byCookie(person.email, person.password);
    assert.equal((await cookie.post('/api/platform/auth/sessions/revoke-others')).status, 204);
    assert.deepEqual([await isIn(cookie), await isIn(other), await isIn(person.http)], [true, false, false]);
  });

  it('of cookies end with a new password and with a suspension', async () => {
    const person = await register(app);
    const cookie = await byCookie(person.email, person.password);
    await person.http.post('/api/v2/auth/set-password', { password: 'my second password' });
    assert.equal(await isIn(cookie), false);
    const again = await byCookie(person.email, 'my second password');
    const admin = await signInAdmin(app);
    await admin.http.post(`/api/v2/admin/users/${person.id}/suspend`);
    assert.equal(await isIn(again), false);
  });

  it('are not given to who proved a password that was changed meanwhile', async () => {
    const { email, password } = await register(app);
    const { accounts, sessions, db, people } = app.services;
    const origin = { ip: '192.0.2.1', userAgent: 'test' };
    const user = await accounts.signIn({ identifier: email, password, ...origin });
    await db.transaction((trx) => people.endSessions(trx, user.id));
    await assert.rejects(sessions.open(user, 'password', origin), /changed meanwhile/);
    await signIn(app, email, password);
  });
});
