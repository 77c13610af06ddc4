/** SMTP under abuse: floods, crowds, endless messages, a full disk. */
import assert from 'node:assert/strict';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { rawSmtp, sendMail } from '#test/support/smtp.ts';

describe('SMTP limits', () => {
  let app: TestPlatform;
  let port: number;
  before(async () => {
    const smtp = { port: 0, maxRecipients: 3, maxConnectionsPerAddress: 5, dataSeconds: 1 };
    app = await startPlatform({ plugins: { auth: authConfig, mail: { catchAll: true, smtp } } });
    port = app.services.smtpReceiver.port()!;
  });
  after(() => app.stop());
  const isServing = async () => (await app.http.get('/health')).status === 200;

  it('takes no more recipients than allowed, and hangs up on who guesses addresses', async () => {
    const client = await rawSmtp(port);
    await client.say('EHLO test');
    await client.say('MAIL FROM:<a@sender.example>');
    for (const name of ['a', 'b', 'c']) assert.match(await client.say(`RCPT TO:<${name}@example.com>`), /^250/);
    assert.match(await client.say('RCPT TO:<d@example.com>'), /^452/);
    await client.say('RSET');
    await client.say('MAIL FROM:<a@sender.example>');
    const replies: string[] = [];
    for (let index = 0; index < 25; index++)
      replies.push(await client.say(`RCPT TO:<guess${index}@elsewhere.example>`));
    assert.match(replies[0]!, /^550/);
    assert.match(replies.find((reply) => !reply.startsWith('550'))!, /^421/);
    client.close();
  });

  it('takes no more connections of one address than allowed, and new ones when some have gone', async () => {
    const clients = await Promise.all(Array.from({ length: 5 }, () => rawSmtp(port)));
    const refused = await rawSmtp(port);
    assert.equal(await refused.say('EHLO test'), '', 'the sixth connection was closed');
    for (const client of clients) client.close();
    // The server hears of each a moment later.
    for (;;) {
      const again = await rawSmtp(port);
      const answer = await again.say('EHLO test');
      again.close();
      if (answer.startsWith('250')) break;
      assert.equal(answer, '');
    }
  });

  it('survives floods of commands, of nonsense, and of a line without end', async () => {
    const flood = await rawSmtp(port);
    await flood.say('EHLO test');
    flood.write('NOOP\r\n'.repeat(20_000));
    assert.ok(await isServing());
    flood.close();
    const nonsense = await rawSmtp(port);
    nonsense.write('NONSENSE\r\n'.repeat(50));
    let last = '';
    for (let reply = await nonsense.reply(); reply; reply = await nonsense.reply()) last = reply;
    assert.match(last, /^(421|554|500)/);
    const line = await rawSmtp(port);
    line.write('X'.repeat(100_000));
    await line.reply();
    assert.ok(await isServing());
    line.close();
  });

  it('ends a message that never ends, and keeps nothing of it', async () => {
    const client = await rawSmtp(port);
    assert.match(await client.untilData('a@sender.example', 'endless@example.com'), /^354/);
    client.write('Subject: endless\r\n\r\n');
    const timer = setInterval(() => client.write('more\r\n'), 50);
    const closed = new Promise((resolve) => client.socket.once('close', resolve));
    await closed;
    clearInterval(timer);
    const root = app.http.bearer(ROOT_TOKEN);
    assert.equal((await root.get('/api/emails?mailbox=endless@example.com')).status, 404);
  }).timeout(10_000);

  it('answers 452 when the disk is full, loses nothing, and goes on when there is room again', async () => {
    const { blobs } = app.services;
    const { insert } = blobs;
    blobs.insert = () => Promise.reject(Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' }));
    const mail = { from: 'a@sender.example', to: 'room@example.com', subject: 'x', text: 'x' };
    await assert.rejects(sendMail(port, mail), /452 4\.3\.1/);
    blobs.insert = insert;
    await sendMail(port, mail);
    await app.services.mailParseLoop.idle();
    const { body } = await app.http.bearer(ROOT_TOKEN).get('/api/emails?mailbox=room@example.com');
    assert.equal(body.length, 1);
  });
});
