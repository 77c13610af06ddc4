/** Registration, login, tokens, passwords and links, as the MoltFlow documents say. */
import assert from 'node:assert/strict';
import { SignJWT } from 'jose';
import { afterUnfelt, authConfig, catchMails, register, signIn, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('signing in', () => {
  let app: TestPlatform;
  let mails: ReturnType<typeof catchMails>;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig }, config: { http: { rateLimit: { enabled: false } } } });
    mails = catchMails(app);
  });
  after(() => app.stop());
  /** Somebody whose own first mail has gone before the others. */
  const mailed = async () => {
    const person = await register(app);
    await app.services.jobs.idle();
    return person;
  };
  const lastMail = async () => {
    await afterUnfelt(app);
    return mails.at(-1)!;
  };

  it('answers login exactly as documented', async () => {
    const person = await register(app);
    const { status, body } = await app.http.post('/api/v2/auth/login', {
      email: person.email.toUpperCase(),
      password: person.password,
    });
    assert.equal(status, 200);
    assert.match(body.access_token, /^eyJhbGciOi/);
    assert.match(body.refresh_token, /^eyJhbGciOi/);
    assert.equal(body.token_type, 'bearer');
    assert.deepEqual(Object.keys(body.user).sort(), ['email', 'full_name', 'id', 'role', 'tenant_id']);
    assert.equal(body.user.role, 'owner');
  });

  it('answers the same for a wrong password and for an unknown account', async () => {
    const { email } = await register(app);
    const wrong = await app.http.post('/api/v2/auth/login', { email, password: 'not this one' });
    const unknown = await app.http.post('/api/v2/auth/login', {
      email: 'nobody@example.org',
      password: 'not this one',
    });
    assert.equal(wrong.status, 401);
    assert.deepEqual(wrong.body, unknown.body);
    assert.equal(wrong.body.code, 'invalid_credentials');
  });

  it('refuses a second account with the same address, common and short passwords', async () => {
    const { email } = await register(app);
    assert.equal((await app.http.post('/api/v2/auth/register', { email, password: 'a fine password' })).status, 409);
    for (const password of ['short', 'password123', 'aaaaaaaaaaaa']) {
      const answer = await app.http.post('/api/v2/auth/register', { email: 'new@example.org', password });
      assert.equal(answer.status, 422, password);
      assert.equal(answer.body.code, 'weak_password');
    }
  });

  it('lets two registrations of one address at the same instant make one account', async () => {
    const request = { email: 'twins@example.org', password: 'the same password' };
    const answers = await Promise.all([1, 2, 3].map(() => app.http.post('/api/v2/auth/register', request)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409]);
  });

  it('rotates refresh tokens, and ends the family when one comes twice', async () => {
    const person = await register(app);
    const first = await app.http.post('/api/v2/auth/refresh', { refresh_token: person.refreshToken });
    assert.equal(first.status, 200);
    const again = await app.http.post('/api/v2/auth/refresh', { refresh_token: person.refreshToken });
    assert.equal(again.body.code, 'token_reused');
    const next = await app.http.post('/api/v2/auth/refresh', { refresh_token: first.body.refresh_token });
    assert.equal(next.status, 401);
    assert.equal((await app.http.bearer(first.body.access_token).get('/api/v2/auth/me')).status, 401);
  });

  it('ends the session at logout', async () => {
    const person = await register(app);
    assert.equal((await person.http.post('/api/v2/auth/logout', {})).status, 200);
    assert.equal((await person.http.get('/api/v2/auth/me')).status, 401);
    assert.equal((await app.http.post('/api/v2/auth/refresh', { refresh_token: person.refreshToken })).status, 401);
  });

  it('expires access tokens after 30 minutes', async () => {
    const person = await register(app);
    await app.clock.advance(31 * 60_000);
    const answer = await person.http.get('/api/v2/auth/me');
    assert.equal(answer.status, 401);
    assert.equal(answer.body.code, 'token_expired');
    assert.equal((await app.http.post('/api/v2/auth/refresh', { refresh_token: person.refreshToken })).status, 200);
  });

  it('refuses tokens with alg none, a foreign key, a changed claim, or the wrong audience', async () => {
    const person = await register(app);
    const [header, payload, signature] = person.accessToken.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const foreign = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32, 7));
    const bad = [
      `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
      `${encode({ alg: 'none' })}.${payload}.${signature}`,
      `${header}.${encode({ ...claims, uid: 1, role: 'superadmin' })}.${signature}`,
      foreign,
      person.refreshToken,
      'not.a.token',
      `${person.accessToken}x`,
    ];
    for (const token of bad) {
      const answer = await app.http.bearer(token).get('/api/v2/auth/me');
      assert.equal(answer.status, 401, token);
      assert.ok(answer.body.detail && answer.body.code);
    }
  });

  it('resets a password by mail, once, and ends all sessions', async () => {
    const person = await mailed();
    const known = await app.http.post('/api/v2/auth/forgot-password', { email: person.email });
    const { token, text } = await lastMail();
    const unknown = await app.http.post('/api/v2/auth/forgot-password', { email: 'nobody@example.org' });
    assert.deepEqual([known.status, known.body], [200, unknown.body]);
    assert.match(text, /\/auth\/reset-password\?token=/);
    const body = { token, new_password: 'a whole new password' };
    assert.equal((await app.http.post('/api/v2/auth/reset-password', body)).status, 200);
    assert.equal((await app.http.post('/api/v2/auth/reset-password', body)).status, 400);
    assert.equal((await person.http.get('/api/v2/auth/me')).status, 401);
    await signIn(app, person.email, 'a whole new password');
  });

  it('does not accept a reset link after an hour', async () => {
    const person = await mailed();
    await app.http.post('/api/v2/auth/forgot-password', { email: person.email });
    const { token } = await lastMail();
    await app.clock.advance(61 * 60_000);
    const answer = await app.http.post('/api/v2/auth/reset-password', { token, new_password: 'a whole new password' });
    assert.equal(answer.status, 400);
    assert.equal(answer.body.code, 'invalid_link');
  });

  it('takes no link for a year that a clock made which was a year ahead', async () => {
    const person = await mailed();
    const year = 365 * 24 * 3600_000;
    app.clock.jump(year);
    await app.http.post('/api/v2/auth/magic-link/request', { email: person.email });
    const { token } = await lastMail();
    app.clock.jump(-year);
    assert.equal((await app.http.post('/api/v2/auth/magic-link/verify', { token })).status, 400);
  });

  it('signs in by magic link, which confirms the address', async () => {
    const person = await mailed();
    await app.http.post('/api/v2/auth/magic-link/request', { email: person.email });
    const { token } = await lastMail();
    const answer = await app.http.post('/api/v2/auth/magic-link/verify', { token });
    assert.equal(answer.status, 200);
    const profile = await app.http.bearer(answer.body.access_token).get('/api/v2/auth/me');
    assert.equal(profile.body.email_verified, true);
    assert.equal((await app.http.post('/api/v2/auth/magic-link/verify', { token })).status, 400);
  });

  it('confirms the address with the token of the first mail', async () => {
    const person = await register(app);
    const { token, to } = await lastMail();
    assert.equal(to, person.email);
    assert.equal((await app.http.post('/api/v2/auth/verify-email', { token })).status, 200);
    assert.equal((await person.http.get('/api/v2/users/me')).body.email_verified, true);
  });

  it('keeps no token of a mail in the database in the clear', async () => {
    await app.services.jobs.stop(1000);
    await register(app);
    const rows = await app.services.db.read('core_jobs').where({ name: 'auth.sendMail' });
    assert.ok(rows.length >= 1);
    for (const { payload } of rows) assert.match(JSON.parse(payload).token, /^v1\./);
    await app.services.jobs.start();
  });

  it('sets a password for who is signed in, with either field name', async () => {
    const person = await register(app);
    assert.equal(
      (await person.http.post('/api/v2/auth/set-password', { new_password: 'my second password' })).status,
      200,
    );
    assert.equal((await person.http.get('/api/v2/auth/me')).status, 401);
    const second = await signIn(app, person.email, 'my second password');
    assert.equal((await second.http.post('/api/v2/auth/set-password', { password: 'my third password' })).status, 200);
  });

  it('ends everything at once when an administrator suspends somebody', async () => {
    const person = await register(app);
    const admin = await signInAdmin(app);
    assert.equal((await admin.http.post(`/api/v2/admin/users/${person.id}/suspend`)).status, 200);
    assert.equal((await person.http.get('/api/v2/users/me')).status, 401);
    assert.equal((await app.http.post('/api/v2/auth/refresh', { refresh_token: person.refreshToken })).status, 401);
    const login = await app.http.post('/api/v2/auth/login', { email: person.email, password: person.password });
    assert.deepEqual([login.status, login.body.code], [403, 'account_suspended']);
    await admin.http.post(`/api/v2/admin/users/${person.id}/activate`);
    await signIn(app, person.email, person.password);
  });

  it('shows broken bodies as FastAPI clients expect', async () => {
    const missing = await app.http.post('/api/v2/auth/login', { email: 'a@example.org' });
    assert.equal(missing.status, 422);
    assert.deepEqual(missing.body.detail[0].loc, ['body', 'password']);
    const unknown = await app.http.post('/api/v2/auth/login', { email: 'a@example.org', password: 'x', extra: 1 });
    assert.deepEqual(unknown.body.detail[0].loc, ['body', 'extra']);
    assert.equal((await app.http.post('/api/v2/auth/login', { email: 7, password: 'x' })).status, 422);
    assert.equal((await app.http.post('/api/v2/auth/login', '{"email":')).status, 400);
  });
});

describe('lockout', () => {
  it('closes an account for 15 minutes after ten failures, with Retry-After', async () => {
    const app = await startPlatform({ plugins: { auth: authConfig } });
    const { email, password } = await register(app);
    for (let index = 0; index < 10; index++) {
      assert.equal((await app.http.post('/api/v2/auth/login', { email, password: 'wrong' })).status, 401);
    }
    const locked = await app.http.post('/api/v2/auth/login', { email, password });
    assert.equal(locked.status, 429);
    assert.ok(Number(locked.headers.get('retry-after')) > 800);
    await app.stop();
  });
});

describe('registration', () => {
  it('is for who was invited, until the operator opens it, which is said', async () => {
    for (const [registration, status, doors] of [
      [undefined, 403, 0],
      ['open', 201, 1],
    ] as const) {
      const app = await startPlatform({ plugins: { auth: { registration } } });
      const wish = { email: 'stranger@example.org', password: 'a fine password' };
      assert.equal((await app.http.post('/api/v2/auth/register', wish)).status, status);
      assert.equal((await app.platform.plugins[0]!.plugin.openDoors!(app.services)).length, doors);
      await app.stop();
    }
  });
});

describe('the first super-admin', () => {
  it('comes from the set-up link when none is configured, once', async () => {
    const app = await startPlatform({ plugins: ['auth'] });
    const [line] = await app.platform.plugins[0]!.plugin.announce!(app.services);
    const token = /token=(\S+)/.exec(line!)![1]!;
    const wish = { token, email: 'first@example.org', username: 'first', password: 'the first password' };
    assert.equal((await app.http.get('/setup')).status, 200);
    assert.equal((await app.http.post('/api/platform/setup', { ...wish, token: 'wrong' })).status, 400);
    const made = await app.http.post('/api/platform/setup', wish);
    assert.equal(made.status, 201);
    assert.equal((await app.http.bearer(made.body.access_token).get('/api/v2/admin/stats')).status, 200);
    assert.equal((await app.http.post('/api/platform/setup', wish)).status, 409);
    await app.stop();
  });

  it('is closed or by invitation when the operator says so', async () => {
    for (const [registration, code] of [
      ['closed', 'registration_closed'],
      ['invite', 'invitation_required'],
    ]) {
      const app = await startPlatform({ plugins: { auth: { registration } } });
      const answer = await app.http.post('/api/v2/auth/register', {
        email: 'a@example.org',
        password: 'a fine password',
      });
      assert.deepEqual([answer.status, answer.body.code], [403, code]);
      await app.stop();
    }
  });
});
