/** An invitation has a link that is mailed and one that is given by hand; what each of them proves, and when it ends. */
import assert from 'node:assert/strict';
import {
  addMember,
  afterUnfelt,
  authConfig,
  catchMails,
  confirmAddress,
  type Person,
  register,
  signInAdmin,
} from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const INVITATIONS = '/api/platform/auth/invitations';
const WEEK_MS = 7 * 24 * 3600_000;

describe('links of invitations', () => {
  let app: TestPlatform;
  let owner: Person;
  let mails: ReturnType<typeof catchMails>;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig }, config: { http: { rateLimit: { enabled: false } } } });
    owner = await register(app);
    await confirmAddress(app, owner);
    mails = catchMails(app);
  });
  after(() => app.stop());

  const invite = async (email: string, role = 'member') => (await owner.http.post(INVITATIONS, { email, role })).body;
  const tokenIn = (link: string) => new URL(link).searchParams.get('token');
  const accept = (token: string | null | undefined) =>
    app.http.post(`${INVITATIONS}/accept`, { token, password: 'the invited password' });
  const mailedTo = async (to: string) => {
    await afterUnfelt(app);
    return mails.findLast((mail) => mail.to === to)?.token;
  };
  const isConfirmed = async (email: string) =>
    (await app.services.db.read('auth_users').where({ email }).first())?.email_verified_at !== null;

  it('that are given by hand make the account, and do not confirm its address', async () => {
    const { link } = await invite('hand@example.org');
    assert.equal(new URL(link).pathname, '/auth/invitation');
    assert.equal((await accept(tokenIn(link))).status, 201);
    assert.equal(await isConfirmed('hand@example.org'), false);
    assert.match(mails.findLast(({ to }) => to === 'hand@example.org')?.text ?? '', /verify-email|invitation/);
    assert.equal((await accept(await mailedTo('hand@example.org'))).status, 400, 'it is accepted once');
  });

  it('that are mailed confirm the address', async () => {
    await invite('mailed@example.org');
    assert.equal((await accept(await mailedTo('mailed@example.org'))).status, 201);
    assert.equal(await isConfirmed('mailed@example.org'), true);
  });

  it('are stored as hashes, and shown to who makes them alone', async () => {
    const { id, link } = await invite('secret@example.org');
    const token = tokenIn(link) ?? '';
    const { items } = (await owner.http.get(INVITATIONS)).body;
    const listed = items.find((one: { id: string }) => one.id === id);
    assert.deepEqual(Object.keys(listed).sort(), ['created_at', 'email', 'expires_at', 'id', 'role', 'status']);
    const { db } = app.services;
    const stored = JSON.stringify([
      await db.read('auth_invitations'),
      await db.read('core_jobs'),
      await db.read('auth_audit_entries'),
    ]);
    assert.equal(stored.includes(token), false);
  });

  it('end when another one of their kind is made, and the other kind stays', async () => {
    const { id, link } = await invite('twice@example.org');
    const first = await mailedTo('twice@example.org');
    const again = await owner.http.post(`${INVITATIONS}/${id}/link`);
    assert.equal(again.status, 200);
    assert.equal((await accept(tokenIn(link))).status, 400);
    assert.equal((await owner.http.post(`${INVITATIONS}/${id}/send`)).status, 200);
    const second = await mailedTo('twice@example.org');
    assert.notEqual(second, first);
    assert.equal((await accept(first)).status, 400);
    assert.equal((await accept(tokenIn(again.body.link))).status, 201);
    assert.equal((await owner.http.post(`${INVITATIONS}/${id}/link`)).status, 404);
    assert.equal((await owner.http.post(`${INVITATIONS}/${id}/send`)).status, 404);
  });

  it('are made for another week, by who may invite to this role and for nobody else', async () => {
    const { id, expires_at } = await invite('late@example.org', 'owner');
    const admin = await addMember(app, owner, 'admin');
    const stranger = await register(app);
    for (const what of ['link', 'send']) {
      assert.equal((await admin.http.post(`${INVITATIONS}/${id}/${what}`)).status, 403);
      assert.equal((await stranger.http.post(`${INVITATIONS}/${id}/${what}`)).status, 404);
      assert.equal((await app.http.post(`${INVITATIONS}/${id}/${what}`)).status, 401);
    }
    await app.clock.advance(60_000);
    const { body } = await owner.http.post(`${INVITATIONS}/${id}/send`);
    assert.equal(Date.parse(body.expires_at), Date.parse(expires_at) + 60_000);
    const key = (await owner.http.post('/api/v2/api-keys', { name: 'k', scopes: ['settings:manage'] })).body.raw_key;
    assert.equal((await app.http.apiKey(key).post(`${INVITATIONS}/${id}/link`)).status, 403);
    await owner.http.delete(`${INVITATIONS}/${id}`);
    assert.equal((await accept(await mailedTo('late@example.org'))).status, 400);
  });

  it('of one that has expired come back with a new link', async () => {
    const { id, link } = await invite('expired@example.org');
    const over = { expires_at: app.clock.now() - WEEK_MS };
    await app.services.db.transaction((trx) => trx('auth_invitations').where({ uuid: id }).update(over));
    assert.equal((await accept(tokenIn(link))).status, 400);
    const { body } = await owner.http.post(`${INVITATIONS}/${id}/link`);
    assert.equal(body.status, 'open');
    assert.equal((await accept(tokenIn(body.link))).status, 201);
  });

  it('are no use where the person has an account meanwhile', async () => {
    const { id } = await invite('taken@example.org');
    await app.http.post('/api/v2/auth/register', { email: 'taken@example.org', password: 'a good password 1' });
    assert.equal((await owner.http.post(`${INVITATIONS}/${id}/link`)).body.code, 'email_taken');
  });
});

describe('a server that cannot send mail', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig } });
  });
  after(() => app.stop());

  it('says so to every page, and to super-admins first while people depend on it', async () => {
    const admin = await signInAdmin(app);
    assert.equal((await app.http.get('/api/platform/ui')).body.can_send_mail, false);
    const waits = async (person: Person) => (await person.http.get('/api/platform/attention')).body.items;
    assert.deepEqual(await waits(admin), []);
    await admin.http.post(INVITATIONS, { email: 'bob@acme.test' });
    const member = await addMember(app, admin, 'owner');
    const [first] = await waits(admin);
    assert.deepEqual([first.id, first.path, first.count], ['auth.cannotSendMail', '/settings/server/sending', 2]);
    assert.deepEqual(await waits(member), []);
  });

  it('is not one that has a relay', async () => {
    const smtp = { host: '127.0.0.1', port: 1 };
    const other = await startPlatform({
      plugins: { auth: authConfig },
      config: { mailer: { transport: 'smtp', smtp } },
    });
    catchMails(other);
    const admin = await signInAdmin(other);
    await addMember(other, admin, 'member');
    assert.equal((await other.http.get('/api/platform/ui')).body.can_send_mail, true);
    assert.deepEqual((await admin.http.get('/api/platform/attention')).body.items, []);
    await other.stop();
  });
});
