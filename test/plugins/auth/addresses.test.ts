/** An e-mail address is worth an account: it counts once it is confirmed, and what was mailed before is void. */
import assert from 'node:assert/strict';
import { Secret, TOTP } from 'otpauth';
import {
  afterUnfelt,
  authConfig,
  catchMails,
  confirmAddress,
  joinTenant,
  type Person,
  register,
  signIn,
  signInAdmin,
} from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('e-mail addresses', () => {
  let app: TestPlatform;
  let mails: ReturnType<typeof catchMails>;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig }, config: { http: { rateLimit: { enabled: false } } } });
    mails = catchMails(app);
  });
  after(() => app.stop());

  const mailsTo = async (to: string) => {
    await afterUnfelt(app);
    return mails.filter((mail) => mail.to === to);
  };
  const lastMailTo = async (to: string) => (await mailsTo(to)).at(-1)!;
  const confirmed = async () => {
    const person = await register(app);
    await confirmAddress(app, person);
    return person;
  };
  const forgot = (email: string) => app.http.post('/api/v2/auth/forgot-password', { email });
  const magic = async (email: string) => {
    await app.http.post('/api/v2/auth/magic-link/request', { email });
    return (await lastMailTo(email)).token;
  };
  const profile = async ({ http }: Person) => (await http.get('/api/v2/users/me')).body;

  it('are not changed by an API key', async () => {
    const person = await confirmed();
    const { body } = await person.http.post('/api/v2/api-keys', { name: 'k', scopes: ['account:manage'] });
    const key = app.http.apiKey(body.raw_key);
    assert.equal((await key.patch('/api/v2/users/me', { email: 'evil@example.net' })).status, 403);
    assert.equal((await key.patch('/api/v2/users/me', { full_name: 'Fine' })).status, 200);
  });

  it('count once they are confirmed; the old one is told', async () => {
    const person = await confirmed();
    const changed = await person.http.patch('/api/v2/users/me', { email: 'Moved@example.org' });
    assert.deepEqual([changed.body.email, changed.body.pending_email], [person.email, 'moved@example.org']);
    await forgot('moved@example.org');
    const mail = await lastMailTo('moved@example.org');
    assert.match(mail.text, /verify-email/, 'no reset link goes there');
    const { username, email: known } = await profile(person);
    assert.ok(
      mail.text.includes(`for the account ${username ?? known}.`),
      'nobody confirms an account that they do not know',
    );
    assert.equal((await app.http.post('/api/v2/auth/verify-email', { token: mail.token })).status, 200);
    const { email, email_verified, pending_email } = await profile(person);
    assert.deepEqual([email, email_verified, pending_email], ['moved@example.org', true, null]);
    assert.match((await lastMailTo(person.email)).subject, /address was changed/);
  });

  it('are refused when somebody else has confirmed them meanwhile', async () => {
    const [one, other] = [await confirmed(), await confirmed()];
    for (const person of [one, other]) await person.http.patch('/api/v2/users/me', { email: 'both@example.org' });
    const tokens = (await mailsTo('both@example.org')).map(({ token }) => token);
    const answers = await Promise.all(tokens.map((token) => app.http.post('/api/v2/auth/verify-email', { token })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
  });

  it('are mailed to again when the present one is not confirmed', async () => {
    const person = await register(app);
    assert.equal((await person.http.patch('/api/v2/users/me', { email: person.email })).status, 200);
    const [first, second] = await mailsTo(person.email);
    assert.equal((await app.http.post('/api/v2/auth/verify-email', { token: first!.token })).status, 400);
    assert.equal((await app.http.post('/api/v2/auth/verify-email', { token: second!.token })).status, 200);
  });

  it('registered beforehand by somebody else are nothing that one can come back with', async () => {
    const mallory = await register(app, 'victim');
    const key = (await mallory.http.post('/api/v2/api-keys', { name: 'left behind' })).body.raw_key;
    const { secret } = (await mallory.http.post('/api/platform/auth/totp')).body;
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: app.clock.now() });
    await mallory.http.post('/api/platform/auth/totp/confirm', { code });
    const invite = { email: 'companion@example.net', role: 'owner' };
    assert.equal((await mallory.http.post('/api/platform/auth/invitations', invite)).status, 403);

    const victim = await app.http.post('/api/v2/auth/magic-link/verify', { token: await magic(mallory.email) });
    assert.equal(victim.status, 200, victim.text);
    const { body } = await app.http.bearer(victim.body.access_token).get('/api/v2/users/me');
    assert.deepEqual([body.email_verified, body.has_password], [true, false]);
    assert.equal((await mallory.http.get('/api/v2/users/me')).status, 401);
    assert.equal((await app.http.apiKey(key).get('/api/v2/users/me')).status, 401);
    assert.equal((await app.http.post('/api/v2/auth/refresh', { refresh_token: mallory.refreshToken })).status, 401);
    await assert.rejects(signIn(app, mallory.email, mallory.password), /401/);
  });

  it('are as good as new after a reset, when nobody has confirmed them before', async () => {
    const mallory = await register(app);
    const key = (await mallory.http.post('/api/v2/api-keys', { name: 'left behind' })).body.raw_key;
    await forgot(mallory.email);
    const { token } = await lastMailTo(mallory.email);
    const reset = { token, new_password: 'the password of the owner' };
    assert.equal((await app.http.post('/api/v2/auth/reset-password', reset)).status, 200);
    assert.equal((await app.http.apiKey(key).get('/api/v2/users/me')).status, 401);
    assert.equal((await profile(await signIn(app, mallory.email, reset.new_password))).email_verified, true);
  });

  it('void reset and sign-in links when they or the password change', async () => {
    const person = await confirmed();
    const signInLink = await magic(person.email);
    await forgot(person.email);
    const { token: resetLink } = await lastMailTo(person.email);
    await person.http.post('/api/v2/auth/set-password', { new_password: 'my second password' });
    const reset = { token: resetLink, new_password: 'my third password' };
    assert.equal((await app.http.post('/api/v2/auth/reset-password', reset)).status, 400);
    assert.equal((await app.http.post('/api/v2/auth/magic-link/verify', { token: signInLink })).status, 400);

    const later = await magic(person.email);
    const admin = await signInAdmin(app);
    const email = 'by-the-admin@example.org';
    assert.equal((await admin.http.patch(`/api/v2/admin/users/${person.id}`, { email })).body.email, email);
    assert.match((await lastMailTo(email)).text, /verify-email/);
    assert.equal((await app.http.post('/api/v2/auth/magic-link/verify', { token: later })).status, 400);
  });

  it('asks for the current password, unless somebody has just signed in', async () => {
    const person = await confirmed();
    await app.clock.advance(16 * 60_000);
    const set = (more: object) =>
      person.http.post('/api/v2/auth/set-password', { password: 'a new password', ...more });
    assert.deepEqual(await set({}).then(({ status, body }) => [status, body.code]), [403, 'current_password_required']);
    assert.equal((await set({ current_password: 'not this one' })).body.code, 'invalid_credentials');
    assert.equal((await set({ current_password: person.password })).status, 200);
    await signIn(app, person.email, 'a new password');
  });

  it('are one name however their letters were typed', async () => {
    const { registration, db, people } = app.services;
    const create = (username: string) => db.transaction((trx) => registration.create(trx, { username }));
    const made = await create('Cafe\u0301');
    await assert.rejects(create('caf\u00e9'), /taken/);
    assert.equal((await people.userByIdentifier('CAFÉ'))?.id, made.id);
  });

  it('are invited no longer than who invited them has the right to', async () => {
    const owner = await confirmed();
    const admin = await joinTenant(app, owner, 'admin');
    await admin.http.post('/api/platform/auth/invitations', { email: 'too-late@example.net' });
    const { token } = await lastMailTo('too-late@example.net');
    const root = await signInAdmin(app);
    await root.http.patch(`/api/v2/admin/users/${admin.id}`, { role: 'member' });
    const accept = { token, password: 'the invited password' };
    assert.equal((await app.http.post('/api/platform/auth/invitations/accept', accept)).status, 400);
    await root.http.patch(`/api/v2/admin/users/${admin.id}`, { role: 'admin' });
    assert.equal((await app.http.post('/api/platform/auth/invitations/accept', accept)).status, 201);
  });

  it('invite with the rights of who invites: a key with scopes invites nobody', async () => {
    const owner = await confirmed();
    const admin = await joinTenant(app, owner, 'admin');
    const invite = (http: Person['http'], role: string) =>
      http.post('/api/platform/auth/invitations', { email: `${role}-${mails.length}@example.net`, role });
    const key = async (scopes?: string[]) =>
      app.http.apiKey((await owner.http.post('/api/v2/api-keys', { name: 'k', scopes })).body.raw_key);
    assert.equal((await invite(admin.http, 'owner')).status, 403);
    assert.equal((await invite(await key(['settings:manage']), 'member')).status, 403);
    assert.equal((await invite(await key(), 'owner')).status, 201);
  });

  it('are not confirmed by a link to a new password that was given by hand', async () => {
    const admin = await signInAdmin(app);
    const person = await register(app);
    const other = await register(app);
    const path = `/api/platform/auth/users/${person.id}/password-link`;
    assert.equal((await other.http.post(path)).status, 403);
    assert.equal((await person.http.post(path)).status, 403);
    const first = new URL((await admin.http.post(path)).body.link).searchParams.get('token');
    const made = await admin.http.post(path);
    assert.equal(made.status, 201, made.text);
    const { pathname, searchParams } = new URL(made.body.link);
    assert.equal(pathname, '/auth/reset-password');
    const choose = (token: string | null) =>
      app.http.post('/api/v2/auth/reset-password', { token, new_password: 'another long secret 4711' });
    assert.notEqual((await choose(first)).status, 200, 'a new link ends the earlier one');
    const chosen = await choose(searchParams.get('token'));
    assert.ok(chosen.status < 300, chosen.text);
    assert.ok((await choose(searchParams.get('token'))).status >= 400, 'it works once');
    const again = await signIn(app, person.email, 'another long secret 4711');
    assert.equal((await again.http.get('/api/v2/users/me')).body.email_verified, false);
    await admin.http.patch(`/api/platform/auth/users/${person.id}`, { status: 'suspended' });
    assert.equal((await admin.http.post(path)).status, 403);
  });
});
