/** What the pages about mail ask the server for: mailboxes, HTML mail with its pictures, sending with files, domains. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addMember, allowSending, authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { htmlMail, MAILBOX, mailOf } from '#test/support/mail.ts';
import { startMailServer } from '#test/support/mail-server.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';

const HOUR_MS = 3600_000;
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

describe('what pages need of mail', () => {
  let app: TestPlatform;
  let admin: Person & { http: Client };
  let stranger: Client;
  let relay: Awaited<ReturnType<typeof startMailServer>>;
  let pictures: Server;
  /** To pictures of a mail that is there until the end. */
  const links: string[] = [];
  before(async () => {
    relay = await startMailServer();
    pictures = createServer((_, response) => void response.writeHead(200, { 'content-type': 'image/gif' }).end(PIXEL));
    await new Promise<void>((resolve) => void pictures.listen(0, '127.0.0.1', resolve));
    app = await startPlatform({
      plugins: { auth: { ...authConfig, registration: 'open' }, mail: { smtp: { port: 0 }, mailboxTtl: 3600 } },
      config: {
        http: { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } },
        mailer: { transport: 'smtp', smtp: { host: '127.0.0.1', port: relay.port } },
      },
    });
    admin = await signInAdmin(app);
    stranger = (await register(app, 'stranger')).http;
  });
  after(async () => {
    await app.stop();
    await relay.close();
    pictures.close();
  });

  /** What the world outside got, beside mail about accounts. */
  const receivedAs = async (subject: string) => {
    for (let count = 1; ; count++) {
      const found = (await relay.has(count)).find(({ raw }) => raw.includes(`Subject: ${subject}`));
      if (found) return found;
    }
  };
  const make = async (local: string) => (await admin.http.post('/api/platform/mail/mailboxes', { local })).body;

  it('makes a mailbox, and changes it for whoever knows its version', async () => {
    const made = await make('versioned');
    assert.equal(made.address, 'versioned@example.com');
    const path = `/api/platform/mail/mailboxes/${made.id}`;
    const change = (body: object, version = made.version) =>
      admin.http.send('PATCH', path, body, { 'if-match': `"${version}"` });
    const pinned = await change({ pinned: true, favorite: true });
    assert.deepEqual([pinned.status, pinned.body.pinned, pinned.body.favorite], [200, true, true]);
    assert.equal((await change({ pinned: false })).status, 412);
    const [listed] = (await admin.http.get('/api/platform/mail/mailboxes?address=versioned')).body.items;
    assert.equal(listed.version, pinned.body.version);
    assert.equal((await change({ pinned: false }, listed.version)).body.pinned, false);
    for (const answer of [
      await stranger.get(path),
      await stranger.patch(path, { pinned: true }),
      await stranger.delete(path),
    ])
      assert.deepEqual([answer.status, answer.body.code], [404, 'mailbox_not_found']);
    assert.equal((await admin.http.delete(path)).status, 204);
    assert.equal((await admin.http.get(path)).status, 404);
  });

  it('ends a mailbox at the time that was asked for, within a year', async () => {
    const { id } = await make('ending');
    const path = `/api/platform/mail/mailboxes/${id}`;
    const at = (ms: number) => ({ expires_at: new Date(app.clock.now() + ms).toISOString() });
    assert.equal((await admin.http.patch(path, at(48 * HOUR_MS))).status, 200);
    for (const ms of [-1000, 400 * 24 * HOUR_MS]) {
      const refused = await admin.http.patch(path, at(ms));
      assert.deepEqual([refused.status, refused.body.errors[0].path], [422, '/body/expires_at']);
    }
  });

  it('leaves signing in as a mailbox to super-admins', async () => {
    const owner = await register(app, 'owner');
    await mailboxOf(app, owner, 'owned');
    const [{ id }] = (await owner.http.get('/api/platform/mail/mailboxes')).body.items;
    const path = `/api/platform/mail/mailboxes/${id}`;
    for (const body of [{ can_login: true }, { password: 'a good password 42' }])
      assert.equal((await owner.http.patch(path, body)).status, 403);
    assert.equal((await owner.http.patch(path, { forward_to: 'x@else.example' })).body.code, 'may_not_send');
    assert.equal(
      (await admin.http.patch(path, { can_login: true, password: 'a good password 42' })).body.can_login,
      true,
    );
    const allowance = (await owner.http.get('/api/platform/mail/allowance')).body;
    assert.deepEqual([allowance.may_send, allowance.domains, allowance.mailbox_seconds], [false, [], 3600]);
  });

  it('shows HTML mail with pictures that need no cookie', async () => {
    await make('ada');
    const { port } = pictures.address() as AddressInfo;
    const { deliver, rows } = mailOf(app);
    await deliver(
      `From: a@b.example\r\nSubject: Seen\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Hi</p><img src="cid:dot"><img src="http://127.0.0.1:${port}/p.gif"><script>x</script>\r\n--b\r\nContent-Type: image/gif\r\nContent-ID: <dot>\r\nContent-Transfer-Encoding: base64\r\n\r\n${PIXEL.toString('base64')}\r\n--b--\r\n`,
    );
    await app.services.mailParseLoop.idle();
    const { id } = (await rows()).at(-1)!;
    const page = `/api/platform/mail/messages/${id}/page`;
    const answer = await admin.http.get(page);
    assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(
      answer.headers.get('content-security-policy') ?? '',
      /^sandbox allow-popups allow-popups-to-escape-sandbox; /,
    );
    assert.doesNotMatch(answer.text, /<script|127\.0\.0\.1/);
    assert.equal((await stranger.get(page)).status, 404);
    // To look at it is not to read it: that is noted where it is opened.
    assert.equal((await rows()).at(-1)!.is_read, 0);

    const addresses = (html: string) =>
      [...html.matchAll(/src="(\/api\/platform\/mail\/picture\?key=[^"]+)"/g)].map(([, address = '']) => address);
    assert.equal(addresses(answer.text).length, 1);
    const all = addresses((await admin.http.get(`${page}?images=1`)).text);
    assert.equal(all.length, 2);
    for (const address of all) {
      const picture = await app.http.get(address);
      assert.equal(picture.status, 200);
      assert.equal(picture.headers.get('content-type'), 'image/gif');
      assert.equal(picture.headers.get('cross-origin-resource-policy'), 'cross-origin');
    }
    links.push(...all);
  });

  it('shows the header and the beginning of a mail as it came', async () => {
    const { deliver, rows } = mailOf(app);
    await deliver(`${htmlMail('Folded\r\n subject', 'x')}${`${'y'.repeat(900)}\r\n`.repeat(400)}`, MAILBOX);
    await app.services.mailParseLoop.idle();
    const { id } = (await rows()).at(-1)!;
    const { body } = await admin.http.get(`/api/platform/mail/messages/${id}/source`);
    assert.deepEqual(
      body.headers.find(({ name }: { name: string }) => name === 'Subject'),
      { name: 'Subject', value: 'Folded subject' },
    );
    assert.deepEqual([body.is_cut, body.source.length, body.size_bytes > 256 * 1024], [true, 256 * 1024, true]);
    assert.equal((await stranger.get(`/api/platform/mail/messages/${id}/source`)).status, 404);
    assert.equal((await stranger.delete(`/api/platform/mail/messages/${id}`)).status, 404);
    assert.equal((await admin.http.delete(`/api/platform/mail/messages/${id}`)).status, 204);
    assert.equal((await admin.http.get(`/api/platform/mail/messages/${id}/source`)).status, 404);
  });

  it('sends a mail with files as an answer, once for each key', async () => {
    await make('writer');
    const { deliver, rows } = mailOf(app);
    await deliver(
      'From: grace@navy.example\r\nMessage-ID: <asked@navy.example>\r\nSubject: Q\r\n\r\nWhen?\r\n',
      'writer@example.com',
    );
    await app.services.mailParseLoop.idle();
    const { id } = (await rows()).at(-1)!;
    const files = [
      { filename: 'größe "1".txt', content_type: 'text/plain', content: Buffer.from('ten').toString('base64') },
    ];
    const mail = {
      from: 'writer@example.com',
      to: ['grace@navy.example'],
      subject: 'Re: Q',
      text: 'Now',
      files,
      answer_to: id,
    };
    const send = (body: object) =>
      admin.http.send('POST', '/api/platform/mail/sent', body, { 'idempotency-key': 'one' });
    const sent = await send(mail);
    assert.equal(sent.status, 201);
    assert.equal((await send(mail)).body.id, sent.body.id);
    const received = await receivedAs('Re: Q');
    assert.match(received.raw, /^In-Reply-To: <asked@navy\.example>/m);
    assert.match(received.raw, new RegExp(`^${files[0]!.content}`, 'm'));
    assert.match(received.raw, /^DKIM-Signature: /);
    const shown = (await admin.http.get(`/api/platform/mail/sent/${sent.body.id}`)).body;
    assert.deepEqual([shown.text, shown.recipients[0].recipient], ['Now', 'grace@navy.example']);
    assert.equal((await stranger.get(`/api/platform/mail/sent/${sent.body.id}`)).status, 404);
    for (const filename of ['a\r\nBcc: x@y.example', '../x', ''])
      assert.equal((await send({ ...mail, files: [{ ...files[0], filename }] })).status, 422);
    const member = await addMember(app, admin, 'member');
    await allowSending(app, member);
    await mailboxOf(app, member, 'members');
    const theirs = { ...mail, from: 'members@example.com' };
    // What somebody may not read they cannot answer.
    assert.equal((await member.http.post('/api/platform/mail/sent', theirs)).status, 404);
  });

  it('changes when a mail leaves, and calls it off', async () => {
    const mail = { from: 'writer@example.com', to: ['grace@navy.example'], subject: 'Later', text: 'x' };
    const later = (ms: number) => new Date(app.clock.now() + ms).toISOString();
    const { body } = await admin.http.post('/api/platform/mail/sent', { ...mail, scheduled_at: later(HOUR_MS) });
    assert.equal(body.status, 'scheduled');
    const path = `/api/platform/mail/sent/${body.id}`;
    const moved = await admin.http.patch(path, { scheduled_at: later(2 * HOUR_MS) });
    assert.notEqual(moved.body.scheduled_at, body.scheduled_at);
    assert.equal((await admin.http.patch(path, {})).body.code, 'no_change');
    assert.equal((await admin.http.patch(path, { status: 'canceled' })).body.status, 'canceled');
    assert.equal((await admin.http.patch(path, { scheduled_at: later(HOUR_MS) })).status, 409);
  });

  it('says to super-admins alone which records a domain needs', async () => {
    app.services.mailDns.resolve = async (name, type) => {
      if (type === 'MX') return [{ exchange: 'mail.example.com', priority: 10 }] as never;
      if (name === 'example.com') return [['v=spf1 -all']];
      throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
    };
    const path = '/api/platform/mail/domains';
    assert.deepEqual((await admin.http.get(path)).body.items, [{ name: 'example.com', is_public: false }]);
    const { items } = (await admin.http.get(`${path}/example.com/records`)).body;
    assert.deepEqual(
      items.map(({ purpose, state }: { purpose: string; state: string }) => `${purpose} ${state}`),
      ['MX ok', 'SPF other', 'DKIM missing', 'DMARC missing'],
    );
    assert.equal((await admin.http.get(`${path}/else.example/records`)).status, 404);
    assert.equal((await stranger.get(path)).status, 403);
  });

  it('shows no picture by a link that is older than an hour', async () => {
    assert.equal(links.length, 2);
    await app.clock.advance(HOUR_MS + 1);
    for (const address of links) assert.equal((await app.http.get(address)).status, 403);
  });
});
