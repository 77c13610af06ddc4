/** Sessions end where they are ended: cookies as well as tokens, and not the one that asks. */
import assert from 'node:assert/strict';
import { decodeJwt, SignJWT } from 'jose';
import { addMember, authConfig, keyOf, type Person, register, signIn, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { openStream } from '#test/support/streams.ts';

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

  it('are named by every token: one that names none is refused, however well it is signed', async () => {
    const person = await register(app);
    const { sid: _, ...claims } = decodeJwt(person.accessToken);
    const key = app.services.secrets.derive('auth.jwt.access');
    const { exp: ____, ...endless } = decodeJwt(person.accessToken);
    for (const odd of [claims, { ...claims, sid: 5 }, { ...claims, sid: 'x', uid: 'y' }, endless]) {
      const token = await new SignJWT(odd).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(key);
      assert.equal((await app.http.bearer(token).get('/api/v2/users/me')).status, 401);
    }
    const refresh = app.services.secrets.derive('auth.jwt.refresh');
    const { sid: __, jti: ___, ...rest } = claims;
    const token = await new SignJWT({ ...rest, aud: 'refresh' }).setProtectedHeader({ alg: 'HS256' }).sign(refresh);
    assert.equal((await app.http.post('/api/v2/auth/refresh', { refresh_token: token })).status, 401);
  });

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
    await assert.rejects(sessions.open(user, 'password', origin), /changed in the meantime/);
    await signIn(app, email, password);
  });

  describe('of others', () => {
    let root: Person;
    let owner: Person;
    let admin: Person;
    let member: Person;
    let stranger: Person;
    before(async () => {
      root = await signInAdmin(app);
      owner = await register(app);
      admin = await addMember(app, owner, 'admin');
      member = await addMember(app, owner, 'member');
      stranger = await register(app);
    });

    const of = ({ id }: Person, session = '') => `/api/platform/auth/users/${id}/sessions${session && `/${session}`}`;

    it('are seen and ended by who may change them, and by nobody below', async () => {
      for (const [by, person, status] of [
        [admin, member, 200],
        [admin, owner, 403],
        [member, admin, 403],
        [owner, admin, 200],
        [owner, root, 404],
        [stranger, member, 404],
        [root, owner, 200],
      ] as const) {
        assert.equal((await by.http.get(of(person))).status, status);
        if (status !== 200) assert.equal((await by.http.delete(of(person))).status, status);
      }
      assert.ok(await isIn(owner.http));
      const key = app.http.with(await keyOf(owner, ['settings:read', 'settings:manage']));
      assert.equal((await key.get(of(member))).status, 403, 'a key');
    });

    it('end one by one, and are no one else’s that are named', async () => {
      const again = await signIn(app, member.email, member.password);
      const { items } = (await admin.http.get(of(member))).body;
      assert.equal(items.length, 2);
      const [latest] = items;
      assert.deepEqual([latest.method, latest.is_current], ['password', false]);
      const foreign = (await stranger.http.get('/api/platform/auth/sessions')).body.items[0].id;
      assert.equal((await admin.http.delete(of(member, foreign))).status, 404);
      assert.equal((await admin.http.delete(of(member, latest.id))).status, 204);
      assert.equal((await admin.http.delete(of(member, latest.id))).status, 404, 'it has ended');
      assert.deepEqual(
        [await isIn(again.http), await isIn(member.http), await isIn(stranger.http)],
        [false, true, true],
      );
    });

    it('end all at once with their streams, and stand in the audit log', async () => {
      const headers = { authorization: `Bearer ${member.accessToken}` };
      const live = await openStream(`${app.url}/api/platform/live?topics=operation.changed`, headers);
      assert.equal(live.status, 200);
      assert.equal((await owner.http.delete(of(member))).status, 204);
      await live.over();
      assert.equal(await isIn(member.http), false);
      assert.deepEqual((await owner.http.get(of(member))).body.items, []);
      const { items } = (await owner.http.get(`/api/platform/auth/audit?action=user.sessions_ended`)).body;
      assert.deepEqual([items[0].actor_id, items[0].target_id], [owner.id, member.id]);
      await signIn(app, member.email, member.password);
    });
  });
});
