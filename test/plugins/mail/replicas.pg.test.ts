/** Mail with two replicas on one database: what one does at the moment at which the other does something else. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';
import { ROOT } from '#test/support/principals.ts';
import { allIdle } from '#test/support/replicas.ts';
import { sendMail } from '#test/support/smtp.ts';

describe('mail with two replicas', () => {
  let relay: MailServer;
  let one: TestPlatform;
  let two: TestPlatform;
  const both = () => [one, two];
  const root = (app: TestPlatform) => app.http.bearer(ROOT_TOKEN);

  before(async () => {
    relay = await startMailServer();
    const plugins = { auth: authConfig, mail: { mailboxTtl: 3600, smtp: { port: 0 } } };
    const config = {
      http: { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } },
      mailer: { transport: 'smtp', smtp: { host: '127.0.0.1', port: relay.port } },
    };
    one = await startPlatform({ plugins, config });
    const { database } = one.services.coreConfig;
    two = await startPlatform({ plugins, config, database, dataDir: one.dataDir });
    await root(one).post('/api/create', { local: 'me' });
    await root(one).post('/api/mailboxes/pin?address=me@example.com');
  });
  after(async () => {
    await two.platform.stop();
    await one.stop();
    await relay.close();
  });

  const deliver = async (app: TestPlatform, to: string | string[]) => {
    const mail = { from: 'a@sender.example', to, subject: 'x', text: 'x' };
    await sendMail(app.services.smtpReceiver.port()!, mail);
    await app.services.mailParseLoop.idle();
  };
  const count = async (table: 'mail_messages' | 'core_blobs') =>
    Number((await one.services.db.read(table).count({ n: '*' }).first())?.n);
  const settled = () => allIdle(one, two);

  it('leaves no bytes of a message whose copies are deleted at once', async () => {
    for (let index = 0; index < 15; index++) await deliver(one, [`one${index}@example.com`, `two${index}@example.com`]);
    const rows = await one.services.db.read('mail_messages').orderBy('id');
    assert.equal(rows.length, 30);
    await Promise.all(rows.map(({ id }, index) => both()[index % 2]!.services.mailDeletion.messages([id])));
    assert.deepEqual([await count('mail_messages'), await count('core_blobs')], [0, 0]);
  });

  it('sends once what is asked for again while the other one hands it over', async () => {
    const release = Promise.withResolvers<void>();
    let calls = 0;
    for (const { services } of both()) {
      const { deliver: handOver } = services.mailer;
      services.mailer.deliver = async (delivery) => {
        calls++;
        await release.promise;
        return handOver(delivery);
      };
    }
    const mail = { from: 'me@example.com', to: 'once@else.example', subject: 'once', text: 'x' };
    const { id } = (await root(one).post('/api/send', mail)).body;
    const isSoon = async (isTrue: () => boolean, most = 60) => {
      for (let tries = 0; tries < most && !isTrue(); tries++) await pause(50);
    };
    await isSoon(() => calls > 0, 400);
    const now = new Date(one.clock.now()).toISOString();
    for (const app of both()) {
      const { status } = await root(app).patch(`/api/send/${id}`, { scheduledAt: now });
      assert.equal(status, 200);
      // What is not to come is waited for three seconds.
      await isSoon(() => calls > 1);
    }
    release.resolve();
    await settled();
    for (const { clock } of both()) await clock.advance(120_000);
    await settled();
    assert.deepEqual([calls, (await root(two).get(`/api/send/${id}`)).body.status], [1, 'sent']);
    relay.received.length = 0;
  }).timeout(30_000);

  it('ends a mail whose recipients are served by both', async () => {
    const to = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}@else.example`);
    const mail = { from: 'me@example.com', to, subject: 'x', text: 'x' };
    const ids: string[] = [];
    for (let index = 0; index < 10; index++) ids.push((await root(one).post('/api/send', mail)).body.id);
    await relay.has(60);
    await settled();
    for (const id of ids) assert.equal((await root(two).get(`/api/send/${id}`)).body.status, 'sent');
    assert.equal(relay.received.length, 60);
  });

  it('makes one mail of one key that comes to both at once', async () => {
    const mail = { from: 'me@example.com', to: 'you@else.example', subject: 'x', text: 'x' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        root(both()[index % 2]!).post('/api/send', mail, { 'idempotency-key': 'order-1' }),
      ),
    );
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
  });

  it('obeys rules and webhooks that were made at the other one, and no longer those that were deleted there', async () => {
    await deliver(two, 'me@example.com');
    const path = '/api/platform/mail/rules';
    const rule = { name: 'q', mailbox: 'me@example.com', conditions: {}, action: 'quarantine' };
    const verdict = async () => {
      const about = { address: 'me@example.com', domain: 'example.com', sender: 'a@b', subject: '', sizeBytes: 1 };
      return (await two.services.mailRules.judge({ ...about, auth: null })).action;
    };
    assert.equal(await verdict(), 'accept');
    const { id } = (await root(one).post(path, rule)).body;
    while ((await verdict()) !== 'quarantine') await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await root(one).delete(`${path}/${id}`)).status, 204);
    while ((await verdict()) !== 'accept') await new Promise((resolve) => setImmediate(resolve));

    const webhook = { mailbox: 'me@example.com', url: 'http://127.0.0.1:9/' };
    await root(one).post('/api/platform/mail/webhooks', webhook);
    const jobs = () => one.services.db.read('core_jobs').where({ name: 'mail.callWebhook' });
    while ((await jobs()).length === 0) await deliver(two, 'me@example.com');
  });

  it('spares what is pinned at one while the other takes expired mailboxes away', async () => {
    const { db } = one.services;
    const names = Array.from({ length: 20 }, (_, index) => `old${index}@example.com`);
    for (const address of names) {
      const made = await root(one).post('/api/create', { local: address.split('@')[0] });
      assert.equal(made.status, 200);
    }
    await db.write('mail_mailboxes').where({ is_pinned: 0 }).update({ expires_at: one.clock.now() });
    const [answers] = await Promise.all([
      Promise.all(names.map((address) => root(two).post(`/api/mailboxes/pin?address=${address}`))),
      one.services.mailDeletion.expire(100).then(() => one.services.mailDeletion.finish()),
      two.services.mailDeletion.expire(100).then(() => two.services.mailDeletion.finish()),
    ]);
    const pinned = names.filter((_, index) => answers[index]?.body.pinned === true);
    const { rows } = await two.services.mailboxes.list(ROOT, { q: 'old', limit: 100, offset: 0 });
    assert.deepEqual(rows.map(({ address }) => address).sort(), pinned.sort());
    assert.ok(answers.every(({ status }) => status === 200 || status === 404));
  });

  it('gives one name to one of those who take it at both', async () => {
    for (let round = 0; round < 5; round++) {
      const local = `wanted${round}`;
      await deliver(one, `${local}@example.com`);
      const tenants = ['tenant-a', 'tenant-b'];
      const results = await Promise.allSettled(
        both().map(({ services }, index) => {
          const tenantId = tenants[index] ?? '';
          const principal = { ...ROOT, id: tenantId, userId: null, tenantId };
          return services.mailboxSettings.create(principal, { local, domainIndex: 0 });
        }),
      );
      assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    }
  });

  it('tells who watches at one of mail that the other took', async () => {
    const told: string[] = [];
    const { events } = two.services;
    const stop = events.listen(({ type, subject }) => {
      // What came before may be told late.
      if (type === 'mail.received' && subject === 'watched@example.com') told.push(subject);
    });
    await deliver(one, 'watched@example.com');
    while (told.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop();
    assert.deepEqual(told, ['watched@example.com']);
  });
});
