/** What a stranger takes for themselves takes nobody else's way in: names, addresses that are not theirs. */
import assert from 'node:assert/strict';
import { afterUnfelt, authConfig, catchMails, confirmAddress, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('ways in of others', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig } });
  });
  after(() => app.stop());

  it('an invitation outlives an account that never confirmed its address', async () => {
    const mails = catchMails(app);
    const owner = await register(app);
    await confirmAddress(app, owner);
    const email = 'ada@corp.example';
    const invited = await owner.http.post('/api/platform/auth/invitations', { email, role: 'admin' });
    assert.equal(invited.status, 201, invited.text);
    await app.services.jobs.idle();
    const token = mails.find(({ to }) => to === email)?.token;
    const stranger = await app.http.post('/api/v2/auth/register', { email, password: 'a stranger 4711' });
    assert.equal(stranger.status, 201, stranger.text);
    const gone = await app.http.bearer(stranger.body.access_token).delete('/api/v2/users/me');
    assert.equal(gone.status, 204);
    const accepted = await app.http.post('/api/platform/auth/invitations/accept', {
      token,
      password: 'words of her own',
    });
    assert.equal(accepted.status, 201, accepted.text);
  });

  it('mails to an address that was never confirmed go with the account, and those of others to it stay', async () => {
    const { db, mailer } = app.services;
    const { send } = mailer;
    mailer.send = () => Promise.reject(new Error('down'));
    const [owner, known] = [await register(app), await register(app)];
    for (const person of [owner, known]) await confirmAddress(app, person);
    const email = 'bea@corp.example';
    await owner.http.post('/api/platform/auth/invitations', { email, role: 'member' });
    const stranger = (await app.http.post('/api/v2/auth/register', { email, password: 'a stranger 4711' })).body;
    const http = app.http.bearer(stranger.access_token);
    const request = (address: string) => app.http.post('/api/v2/auth/forgot-password', { email: address });
    for (const address of [email, known.email]) await request(address);
    await afterUnfelt(app);
    // An address of somebody else, that the stranger says will be theirs.
    await http.patch('/api/v2/users/me', { email: 'other@corp.example' });
    const mails = async () => {
      const rows = await db.read('core_jobs').where({ name: 'auth.sendMail' }).orderBy('id').select('payload');
      return rows.map(({ payload }) => JSON.parse(payload)).map(({ template, to }) => `${template} ${to}`);
    };
    const before = await mails();
    for (const mail of [`verify ${email}`, `reset ${email}`, 'verify other@corp.example'])
      assert.ok(before.includes(mail), `${mail}: ${before}`);
    assert.equal((await http.delete('/api/v2/users/me')).status, 204);
    const left = (await mails()).filter((mail) => !mail.startsWith('verify person'));
    assert.deepEqual(left, [`invite ${email}`, `reset ${known.email}`]);
    mailer.send = send;
  });

  it('a number is its owner’s, whoever has it as a name', async () => {
    const { db, passwordChanges, registration } = app.services;
    const phone = '13800138000';
    const passwordHash = await passwordChanges.hashOf('of the phone 1');
    await db.transaction((trx) => registration.create(trx, { phone, passwordHash, fullName: 'Bo' } as never));
    const stranger = await register(app);
    assert.equal((await stranger.http.patch('/api/v2/users/me', { username: phone })).status, 422);
    assert.equal((await stranger.http.patch('/api/v2/users/me', { username: `${phone}x` })).status, 200);
    // As one may have been taken before.
    await db
      .write('auth_users')
      .where({ username: `${phone}x` })
      .update({ username: phone });
    const signedIn = await app.http.post('/api/v2/auth/login', { email: phone, password: 'of the phone 1' });
    assert.deepEqual([signedIn.status, signedIn.body.user?.full_name], [200, 'Bo'], signedIn.text);
  });
});
