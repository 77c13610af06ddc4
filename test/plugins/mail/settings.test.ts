/** Rules that are made while others are read, searches for odd characters, suppressions, ways to other servers. */
import assert from 'node:assert/strict';
import { mxTransport } from '#core/mailer/mx.ts';
import { addMember, authConfig, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { startMailServer } from '#test/support/mail-server.ts';
import { sendMail } from '#test/support/smtp.ts';

describe('settings of mail', () => {
  let app: TestPlatform;
  let http: Client;
  before(async () => {
    const mail = { mailboxTtl: 0, smtp: { port: 0 }, domains: ['example.com', 'xn--bcher-kva.example'] };
    app = await startPlatform({ plugins: { auth: authConfig, mail } });
    http = app.http.bearer(ROOT_TOKEN);
  });
  after(() => app.stop());

  const deliver = async (to: string) => {
    await sendMail(app.services.smtpReceiver.port()!, { from: 'a@sender.example', to, subject: 'x', text: 'x' });
    await app.services.mailParseLoop.idle();
  };

  it('holds a rule that was made while the rules were being read', async () => {
    await http.post('/api/create', { local: 'ruled' });
    const about = { address: 'ruled@example.com', domain: 'example.com', sender: 'a@b', subject: '', sizeBytes: 1 };
    const { mailRules } = app.services;
    const rule = { name: 'q', mailbox: 'ruled@example.com', conditions: {}, action: 'quarantine' };
    for (let round = 0; round < 10; round++) {
      const reading = mailRules.judge({ ...about, auth: null });
      const { id } = (await http.post('/api/platform/mail/rules', rule)).body;
      await reading;
      assert.equal((await mailRules.judge({ ...about, auth: null })).action, 'quarantine');
      await http.delete(`/api/platform/mail/rules/${id}`);
      assert.equal((await mailRules.judge({ ...about, auth: null })).action, 'accept');
    }
  });

  it('judges by the rules of a domain in whichever form it was written', async () => {
    const rule = { name: 'all', domain: 'BÜCHER.example', conditions: {}, action: 'tag', value: 'book' };
    assert.equal((await http.post('/api/platform/mail/rules', rule)).status, 201);
    await deliver('x@xn--bcher-kva.example');
    const found = await http.get('/api/emails?mailbox=x@xn--bcher-kva.example');
    const { body } = await http.get(`/api/platform/mail/messages/${found.body[0].id}`);
    assert.deepEqual(body.tags, ['book']);
  });

  it('finds addresses, tags and senders with the characters of patterns', async () => {
    for (const local of ['my_box', 'myxbox', 'other']) await http.post('/api/create', { local });
    const addresses = async (q: string) =>
      (await http.get(`/api/mailboxes?q=${encodeURIComponent(q)}`)).body.map(({ address }: any) => address);
    assert.deepEqual(await addresses('my_box'), ['my_box@example.com']);
    assert.deepEqual(await addresses('%'), []);
    assert.deepEqual(await addresses('YXBox@EXAM'), ['myxbox@example.com']);
    await http.post('/api/mailboxes/pin?address=my_box@example.com');
    assert.deepEqual(await addresses('box@'), ['my_box@example.com', 'myxbox@example.com'], 'pinned ones first');
    await deliver('other@example.com');
    const [{ id }] = (await http.get('/api/emails?mailbox=other@example.com')).body;
    await http.patch(`/api/platform/mail/messages/${id}`, { tags: ['to_do', '100%'] });
    const tagged = async (tag: string) =>
      (await http.get(`/api/emails?mailbox=other@example.com&tag=${encodeURIComponent(tag)}`)).body.length;
    assert.deepEqual(
      [await tagged('to_do'), await tagged('toxdo'), await tagged('100%'), await tagged('%')],
      [1, 0, 1, 0],
    );
  });

  it('keeps an address that gets no mail once, also for mail of nobody’s', async () => {
    const { db, suppressions } = app.services;
    const add = (reason: string) =>
      db.transaction((trx) => suppressions.suppress(trx, null, 'No@else.example', reason));
    await Promise.all([add('one'), add('two'), add('three')]);
    await http.post('/api/platform/mail/suppressions', { address: 'no@else.example' });
    await db.transaction((trx) => suppressions.suppress(trx, 'a tenant', 'no@else.example', 'theirs'));
    assert.equal((await db.read('mail_suppressions')).length, 2);
    assert.equal(await suppressions.reasonFor('a tenant', 'no@else.example'), 'theirs');
  });

  it('keeps what holds for a whole tenant in the hands of who administers it', async () => {
    const owner = await register(app);
    const member = await addMember(app, owner, 'member');
    const path = '/api/platform/mail/suppressions';
    const answers = [
      await member.http.get(path),
      await member.http.post(path, { address: 'customer@else.example' }),
      await member.http.delete(`${path}/customer@else.example`),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [403, 403, 403],
    );
    assert.equal((await owner.http.post(path, { address: 'customer@else.example' })).status, 204);
  });
});

describe('ways of mx', () => {
  it('are found in whichever case, over IPv6, and by no name that an object has', async () => {
    const server = await startMailServer();
    const routes = { 'Example.ORG': `127.0.0.1:${server.port}`, 'bücher.example': `[::ffff:127.0.0.1]:${server.port}` };
    const transport = mxTransport({ hostname: 'localhost', port: 1, connectSeconds: 1, routes });
    const deliver = (to: string) =>
      transport.deliver(
        {
          envelope: { from: 'a@b.example', to: [to] },
          raw: Buffer.from('Subject: x\r\n\r\nx\r\n'),
          idempotencyKey: 'k',
        },
        AbortSignal.timeout(10_000),
      );
    await deliver('x@example.org');
    await deliver('x@EXAMPLE.org');
    await deliver('x@xn--bcher-kva.example');
    assert.equal(server.received.length, 3);
    for (const name of ['constructor', '__proto__', 'toString']) {
      await assert.rejects(deliver(`x@${name}`), { name: 'DeliveryError' });
    }
    await server.close();
  }).timeout(15_000);
});
