/** The temp-mail API of the first slice: roles, sessions, quotas, lists. */
import assert from 'node:assert/strict';
import { ADMIN, authConfig, ROOT_TOKEN, register, signInAdmin } from '#test/support/accounts.ts';
import { type Client, createClient } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { rawSmtp, sendMail } from '#test/support/smtp.ts';

const DAY_MS = 24 * 3600_000;

describe('the temp-mail API', () => {
  let app: TestPlatform;
  let port: number;
  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        mail: {
          domains: ['example.com', 'mail.example.com'],
          publicDomains: ['example.com', 'mail.example.com'],
          guest: { enabled: true, password: 'look around' },
          smtp: { port: 0 },
        },
      },
      config: { http: { rateLimit: { enabled: false } } },
    });
    port = app.services.smtpReceiver.port()!;
  });
  after(() => app.stop());

  const login = async (username: string, password: string) => {
    const answer = await app.http.post('/api/login', { username, password });
    const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0]!;
    return { answer, http: app.http.with({ cookie }) };
  };
  /** A member of somebody's tenant: the document's plain `user`. */
  const member = async (mailboxLimit = 10) => {
    const person = await register(app);
    const admin = await signInAdmin(app);
    await admin.http.patch(`/api/v2/admin/users/${person.id}`, { role: 'member', mailbox_limit: mailboxLimit });
    return { ...person, ...(await login(person.email, person.password)) };
  };
  /** Somebody signed in as the mailbox itself. */
  const mailboxLogin = async (address: string) => {
    const { db, passwords } = app.services;
    await db
      .write('mail_mailboxes')
      .where({ address })
      .update({ can_login: 1, password_hash: await passwords.hash('mailbox secret') });
    return login(address, 'mailbox secret');
  };

  it('signs in as documented, with a cookie that scripts and other sites cannot use', async () => {
    const { answer, http } = await login(ADMIN.username, ADMIN.password);
    assert.deepEqual(answer.body, { success: true, role: 'admin', can_send: 1, mailbox_limit: 9999 });
    const cookie = answer.headers.get('set-cookie')!;
    for (const word of ['patchbay-session=', 'HttpOnly', 'SameSite=Strict', 'Max-Age=604800'])
      assert.ok(cookie.includes(word), word);
    assert.deepEqual((await http.get('/api/session')).body, {
      authenticated: true,
      role: 'admin',
      username: 'admin',
      strictAdmin: true,
    });
    const foreign = await http.with({ origin: 'https://evil.example' }).post('/api/v2/auth/logout', {});
    assert.equal(foreign.status, 403);
    assert.equal((await http.with({ origin: app.url }).post('/api/v2/auth/logout', {})).status, 200);
  });

  it('refuses wrong passwords in the documented words, and says who is not signed in', async () => {
    const { answer } = await login(ADMIN.username, 'wrong');
    assert.deepEqual([answer.status, answer.body], [401, { error: '用户名或密码错误' }]);
    const session = await app.http.get('/api/session');
    assert.deepEqual([session.status, session.body.authenticated, typeof session.body.error], [401, false, 'string']);
    assert.equal(
      (await app.http.with({ cookie: 'patchbay-session=eyJhbGciOiJub25lIn0.e30.' }).get('/api/session')).status,
      401,
    );
  });

  it('ends cookie sessions when the password changes, and at logout', async () => {
    const person = await member();
    assert.equal((await person.http.get('/api/session')).status, 200);
    const bearer = await app.http.post('/api/v2/auth/login', { email: person.email, password: person.password });
    await app.http
      .bearer(bearer.body.access_token)
      .post('/api/v2/auth/set-password', { password: 'another good password' });
    assert.equal((await person.http.get('/api/session')).status, 401);
    assert.match((await app.http.post('/api/logout')).headers.get('set-cookie')!, /Max-Age=0/);
  });

  it('makes random mailboxes in the chosen domain, within the quota', async () => {
    const person = await member(2);
    const { body } = await person.http.get('/api/generate?length=12&domainIndex=1');
    assert.match(body.email, /^[a-z0-9]{12}@mail\.example\.com$/);
    assert.equal(body.expires, app.clock.now() + 3600_000);
    assert.match((await person.http.get('/api/generate')).body.email, /^[a-z0-9]{8}@example\.com$/);
    const over = await person.http.get('/api/generate');
    assert.deepEqual([over.status, typeof over.body.error], [403, 'string']);
    assert.equal((await person.http.get('/api/generate?domainIndex=9')).status, 400);
    assert.equal((await person.http.get('/api/generate?length=3')).status, 400);
    assert.equal((await person.http.get('/api/generate?length=abc')).status, 400);
    assert.deepEqual((await person.http.get('/api/domains')).body, ['example.com', 'mail.example.com']);
  });

  it('lists mailboxes as an array, or by page as {list, total}', async () => {
    const person = await member();
    for (let index = 0; index < 3; index++) await person.http.get('/api/generate');
    const { body, headers } = await person.http.get('/api/mailboxes');
    assert.deepEqual([body.length, headers.get('x-total-count')], [3, '3']);
    assert.deepEqual(Object.keys(body[0]).sort(), [
      'address',
      'can_login',
      'created_at',
      'forward_to',
      'id',
      'is_favorite',
      'is_pinned',
      'password_is_default',
    ]);
    const paged = (await person.http.get('/api/mailboxes?page=2&size=2')).body;
    assert.deepEqual([paged.list.length, paged.total], [1, 3]);
    assert.equal((await person.http.get('/api/mailboxes?limit=2&offset=1')).body.length, 2);
    assert.equal((await person.http.get('/api/mailboxes?favorite=true')).body.length, 0);
    assert.equal((await person.http.get(`/api/mailboxes?q=${body[0].address.slice(0, 6)}`)).body.length, 1);
    assert.equal((await person.http.get('/api/mailboxes?domain=mail.example.com')).body.length, 0);
  });

  it('lets each role read exactly what is its own', async () => {
    const [one, other] = [await member(), await member()];
    const { email } = (await one.http.get('/api/generate')).body;
    await sendMail(port, { from: 'a@sender.example', to: email, subject: 'Private', text: 'x' });
    await app.services.mailParseLoop.idle();
    const root = app.http.bearer(ROOT_TOKEN);
    const [{ id }] = (await root.get(`/api/emails?mailbox=${email}`)).body;
    const mailbox = await mailboxLogin(email);
    const stranger = (await other.http.get('/api/generate')).body.email;
    const strangerMailbox = await mailboxLogin(stranger);
    const guest = await login('guest', 'look around');
    const key = (await signedKey(one.http, one.accessToken)) as Client;

    const table: [string, Client, number, number][] = [
      ['strictAdmin', root, 200, 200],
      ['owner', one.http, 200, 200],
      ['API key with mail:read', key, 200, 200],
      ['the mailbox itself', mailbox.http, 200, 200],
      ['another user', other.http, 404, 404],
      ['another mailbox', strangerMailbox.http, 403, 403],
      ['nobody', app.http, 401, 401],
    ];
    for (const [who, http, listStatus, openStatus] of table) {
      assert.equal((await http.get(`/api/emails?mailbox=${email}`)).status, listStatus, `${who}: list`);
      assert.equal((await http.get(`/api/email/${id}`)).status, openStatus, `${who}: open`);
      assert.equal((await http.get(`/api/email/${id}/download`)).status, openStatus, `${who}: download`);
    }
    assert.equal(
      (await guest.http.get(`/api/emails?mailbox=${email}`)).body.some((mail: any) => mail.subject === 'Private'),
      false,
    );
    assert.equal((await guest.http.get('/api/generate')).status, 403);
    assert.equal((await guest.http.get('/api/session')).body.role, 'guest');
    assert.equal((await mailbox.http.get('/api/mailboxes')).body.length, 1);
    assert.equal((await mailbox.http.get('/api/generate')).status, 403);
    assert.equal((await guest.http.get('/api/v2/users/me')).status, 403);
    assert.equal((await mailbox.http.get('/api/v2/admin/stats')).status, 403);

    await app.services.db.write('mail_mailboxes').where({ address: email }).update({ is_pinned: 1 });
    await app.clock.advance(DAY_MS + 1000);
    const later = await mailboxLogin(email);
    assert.equal((await later.http.get(`/api/emails?mailbox=${email}`)).body.length, 0, 'a mailbox sees its last day');
  });

  async function signedKey(_http: Client, accessToken: string): Promise<Client> {
    const answer = await createClient(app.url)
      .bearer(accessToken)
      .post('/api/v2/api-keys', { name: 'mail', scopes: ['mail:read'] });
    const key = app.http.apiKey(answer.body.raw_key);
    assert.equal((await key.get('/api/generate')).body.required, 'mail:manage');
    return key;
  }

  it('removes expired mailboxes with their mail, but not pinned ones', async () => {
    for (const name of ['gone', 'kept'])
      await sendMail(port, { from: 'a@sender.example', to: `${name}@example.com`, subject: 'x', text: 'x' });
    const { db, mailboxes, mailParseLoop } = app.services;
    await mailParseLoop.idle();
    await db.write('mail_mailboxes').where({ address: 'kept@example.com' }).update({ is_pinned: 1 });
    await app.clock.advance(2 * 3600_000);
    await app.platform.cron.runDue();
    assert.equal(await mailboxes.byAddress('gone@example.com'), null);
    assert.ok(await mailboxes.byAddress('kept@example.com'));
    const [messages, blobs] = [await db.read('mail_messages'), await db.read('core_blobs')];
    assert.deepEqual(new Set(blobs.map(({ id }) => id)), new Set(messages.map(({ blob_id }) => blob_id)));
    await sendMail(port, { from: 'a@sender.example', to: 'gone@example.com', subject: 'again', text: 'x' });
    assert.ok(await mailboxes.byAddress('gone@example.com'), 'mail makes it anew');
  });

  it('refuses unknown addresses when catch-all is off', async () => {
    const strict = await startPlatform({ plugins: { auth: authConfig, mail: { catchAll: false, smtp: { port: 0 } } } });
    const smtp = strict.services.smtpReceiver.port()!;
    const mail = { from: 'a@sender.example', subject: 'x', text: 'x' };
    await assert.rejects(sendMail(smtp, { ...mail, to: 'nobody@example.com' }), /550 5\.1\.1/);
    const client = await rawSmtp(smtp);
    await client.say('EHLO s.example');
    await client.say('MAIL FROM:<a@sender.example>');
    // RFC 5321 §4.5.1, RFC 2142 §2: who runs the server can always be reached.
    for (const name of ['postmaster', 'Postmaster@example.com', 'abuse@example.com'])
      assert.match(await client.say(`RCPT TO:<${name}>`), /^250/, name);
    client.close();
    const { email } = (await (await signInAdmin(strict)).http.get('/api/generate')).body;
    await sendMail(smtp, { ...mail, to: email });
    await strict.stop();
  });

  it('limits tries to sign in', async () => {
    const limited = await startPlatform({ plugins: { auth: authConfig, mail: { smtp: { enabled: false } } } });
    const statuses: number[] = [];
    for (let index = 0; index < 11; index++)
      statuses.push((await limited.http.post('/api/login', { username: `u${index}`, password: 'x' })).status);
    assert.deepEqual([statuses[9], statuses[10]], [401, 429]);
    await limited.stop();
  });
});
