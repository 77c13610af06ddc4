/** Deliveries one by one: ends that meet, times that change, tries that hang, faults of ours, jobs that are gone. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

describe('deliveries', () => {
  let relay: MailServer;
  let app: TestPlatform;
  let http: Client;
  const send = async (mail: object = {}, headers = {}) => {
    const whole = { from: 'me@example.com', to: 'you@else.example', subject: 'Hello', text: 'Hi', ...mail };
    const answer = await http.post('/api/send', whole, headers);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.id as string;
  };
  const statusOf = async (id: string) => (await http.get(`/api/send/${id}`)).body.status;
  const settled = () => app.services.jobs.idle();
  const jobsOf = () => app.services.db.read('core_jobs').where({ name: 'mail.deliver' });

  before(async () => {
    relay = await startMailServer();
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { mailboxTtl: 0, smtp: { enabled: false } } },
      config: {
        http: { rateLimit: { enabled: false } },
        mailer: { transport: 'smtp', smtp: { host: '127.0.0.1', port: relay.port } },
      },
    });
    http = app.http.bearer(ROOT_TOKEN);
    await http.post('/api/create', { local: 'me' });
  });
  beforeEach(() => {
    relay.received.length = 0;
    relay.refuse = () => null;
  });
  afterEach(async () => {
    await settled();
    // What still waits is of this test alone.
    await app.services.db.write('core_jobs').where({ name: 'mail.deliver' }).delete();
    await app.services.db.write('mail_deliveries').where({ status: 'queued' }).update({ status: 'failed' });
  });
  after(async () => {
    await app.stop();
    await relay.close();
  });

  it('of one mail that end at once end the mail', async () => {
    const to = ['a', 'b', 'c', 'd'].map((name) => `${name}@else.example`);
    const ids: string[] = [];
    for (let index = 0; index < 10; index++) ids.push(await send({ to }));
    await relay.has(40);
    await settled();
    for (const id of ids) assert.equal(await statusOf(id), 'sent');
  });

  it('with one key at once are one mail, with the same answer', async () => {
    const key = { 'idempotency-key': 'order-4711' };
    const ids = await Promise.all(Array.from({ length: 8 }, () => send({}, key)));
    assert.equal(new Set(ids).size, 1);
    await relay.has(1);
    await settled();
    assert.equal(relay.received.length, 1);
  });

  it('that are being retried can be put off, and leave one job', async () => {
    relay.refuse = () => ({ code: 451, text: 'later' });
    const id = await send();
    await settled();
    relay.refuse = () => null;
    const tomorrow = new Date(app.clock.now() + DAY_MS).toISOString();
    assert.equal((await http.patch(`/api/send/${id}`, { scheduledAt: tomorrow })).status, 200);
    assert.equal((await jobsOf()).length, 1);
    await app.clock.advance(60 * MINUTE_MS);
    await settled();
    assert.equal(relay.received.length, 0);
    assert.equal(await statusOf(id), 'scheduled');
    await app.clock.advance(DAY_MS);
    await relay.has(1);
    await settled();
    assert.deepEqual([await statusOf(id), (await jobsOf()).length], ['sent', 0]);
  });

  it('that fail by a fault of ours close nobody’s door', async () => {
    const { db, blobs, outbox, mailboxes, delivering } = app.services;
    const mailbox = (await mailboxes.byAddress('me@example.com'))!;
    const writer = blobs.writer();
    await writer.write(Buffer.alloc(300_000, 'x'));
    const stored = await writer.finish();
    assert.ok('file' in stored);
    await rm(join(app.dataDir, 'files', stored.file.slice(0, 2), stored.file));
    await db.transaction(async (trx) => {
      const [blobId = null] = await blobs.insert(trx, [stored]);
      await outbox.add(trx, {
        sentBy: null,
        mailbox,
        kind: 'forwarded',
        recipients: ['a@else.example'],
        subject: '',
        blobId,
      });
    });
    await settled();
    assert.equal(delivering.priorityOf('else.example'), 0);
    await send();
    await relay.has(1);
  });

  it('without a job are taken up at the start and by cron, and those that gave up say so', async () => {
    const { db } = app.services;
    relay.refuse = () => ({ code: 451, text: 'later' });
    const [lost, dead, later] = [await send(), await send(), await send({ to: 'third@else.example' })];
    await settled();
    const [first, second] = await db.read('mail_deliveries').where({ status: 'queued' }).orderBy('id');
    const jobOf = (delivery_id?: number) => db.write('core_jobs').where({ payload: JSON.stringify({ delivery_id }) });
    assert.equal(await jobOf(first?.id).delete(), 1);
    await jobOf(second?.id).update({ state: 'dead', key: null, last_error: 'crash' });
    relay.refuse = () => null;
    app = await app.restart();
    http = app.http.bearer(ROOT_TOKEN);
    await relay.has(1);
    await settled();
    assert.deepEqual([await statusOf(lost), await statusOf(dead), await statusOf(later)], ['sent', 'failed', 'queued']);
    assert.equal((await jobsOf().where({ state: 'ready' })).length, 1, 'the one that waits for its time');
  });

  it('that are under way are waited for, and not lost with the second job', async () => {
    const { db, delivering } = app.services;
    let go = (): void => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { deliver } = app.services.mailer;
    let calls = 0;
    app.services.mailer.deliver = async (delivery) => {
      calls++;
      await held;
      return deliver(delivery);
    };
    const id = await send();
    while (calls === 0) await new Promise((resolve) => setImmediate(resolve));
    const delivery = await db.read('mail_deliveries').where({ status: 'queued' }).first();
    await delivering.attempt(delivery?.id ?? 0, new AbortController().signal);
    assert.equal((await jobsOf().where({ state: 'ready' })).length, 1);
    go();
    await settled();
    await app.clock.advance(2 * MINUTE_MS);
    await settled();
    app.services.mailer.deliver = deliver;
    assert.deepEqual([await statusOf(id), calls, relay.received.length], ['sent', 1, 1]);
  });
});

describe('a server whose answers hold what no database stores', () => {
  /** What each mail was answered with. */
  const answers: string[] = [];
  let server: Server;
  let app: TestPlatform;

  before(async () => {
    server = createServer((socket) => {
      let isData = false;
      const say = (text: string) => void socket.write(`${text}\r\n`);
      const taken = (text: string): void => {
        answers.push(text);
        say(text);
      };
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        const text = bytes.toString();
        if (isData) {
          if (!text.endsWith('\r\n.\r\n')) return;
          isData = false;
          taken('250 queued as \0x1');
        } else if (text.startsWith('DATA')) {
          isData = true;
          say('354 go on');
        } else if (/^RCPT TO:<nobody/.test(text)) taken('550 5.1.1 nobody \0 here');
        else say('250 ok');
      });
      say('220 strange');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { mailboxTtl: 0, smtp: { enabled: false } } },
      config: { mailer: { transport: 'mx', mx: { routes: { 'else.example': `127.0.0.1:${port}` } } } },
    });
  });
  after(async () => {
    await app.stop();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  it('is given each mail once, and what it said is known', async () => {
    const http = app.http.bearer(ROOT_TOKEN);
    await http.post('/api/create', { local: 'me' });
    const ids: string[] = [];
    for (const to of ['you@else.example', 'nobody@else.example']) {
      const { body } = await http.post('/api/send', { from: 'me@example.com', to, subject: 'Hello', text: 'Hi' });
      ids.push(body.id);
    }
    for (let minute = 0; minute < 3; minute++) {
      await app.services.jobs.idle();
      await app.clock.advance(MINUTE_MS);
    }
    await app.services.jobs.idle();
    const statuses = await Promise.all(ids.map(async (id) => (await http.get(`/api/send/${id}`)).body.status));
    assert.deepEqual([statuses, answers.length], [['delivered', 'bounced'], 2]);
  });
});

describe('a server that dribbles', () => {
  /** Answers EHLO with a line a moment, for ever: no pause is long enough for a time-out. */
  let server: Server;
  const open = new Set<Socket>();
  const port = () => (server.address() as { port: number }).port;
  before(async () => {
    server = createServer((socket) => {
      open.add(socket);
      socket.on('error', () => {});
      socket.write('220 slow\r\n');
      socket.on('data', () => {});
      const timer = setInterval(() => socket.write('250-more\r\n'), 50);
      socket.on('close', () => {
        clearInterval(timer);
        open.delete(socket);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => new Promise<void>((resolve) => server.close(() => resolve())));

  for (const transport of ['smtp', 'mx'] as const) {
    it(`is left after the longest time, and its connection closed (${transport})`, async () => {
      const app = await startPlatform({
        plugins: { auth: authConfig, mail: { mailboxTtl: 0, smtp: { enabled: false } } },
        config: {
          mailer: {
            transport,
            deliverySeconds: 1,
            smtp: { host: '127.0.0.1', port: port() },
            mx: { routes: { 'Slow.Example': `127.0.0.1:${port()}` } },
          },
        },
      });
      try {
        const http = app.http.bearer(ROOT_TOKEN);
        await http.post('/api/create', { local: 'me' });
        const mail = { from: 'me@example.com', to: 'you@slow.example', subject: 'x', text: 'x' };
        const { id } = (await http.post('/api/send', mail)).body;
        await app.services.jobs.idle();
        const { status, recipients } = (await http.get(`/api/send/${id}`)).body;
        assert.deepEqual([status, recipients[0].attempts], ['queued', 1]);
        for (const socket of open) await new Promise((resolve) => socket.once('close', resolve));
        assert.equal(open.size, 0);
      } finally {
        await app.stop();
      }
    }).timeout(20_000);
  }
});
