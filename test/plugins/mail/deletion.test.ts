/** Deleting mailboxes and their mail while others pin, take or write to them; erasing tenants. */
import assert from 'node:assert/strict';
import { authConfig, type Person, ROOT_TOKEN, register, signIn } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { sendMail } from '#test/support/smtp.ts';

describe('deleting mail', () => {
  let app: TestPlatform;
  let root: Client;
  let ada: Person;

  beforeEach(async () => {
    app = await startPlatform({
      plugins: {
        auth: { ...authConfig, registration: 'open' },
        mail: { publicDomains: ['example.com'], mailboxTtl: 3600, smtp: { port: 0 } },
      },
      config: { http: { rateLimit: { enabled: false } } },
    });
    root = app.http.bearer(ROOT_TOKEN);
    ada = await register(app);
    const key = await ada.http.post('/api/v2/api-keys', { name: 'for hours' });
    ada.http = app.http.apiKey(key.body.raw_key);
  });
  afterEach(() => app.stop());

  const make = async (local: string) => {
    await ada.http.post('/api/create', { local });
    await deliver(`${local}@example.com`);
    return (await app.services.mailboxes.byAddress(`${local}@example.com`))!;
  };
  const deliver = async (to: string | string[]) => {
    const mail = { from: 'a@sender.example', to, subject: 'x', text: 'x' };
    await sendMail(app.services.smtpReceiver.port()!, mail);
    await app.services.mailParseLoop.idle();
  };
  const rows = async (table: 'mail_mailboxes' | 'mail_messages' | 'core_blobs' | 'mail_sent') =>
    Number((await app.services.db.read(table).count({ n: '*' }).first())?.n);
  /** Without moving the clock, which would begin the clean-up. */
  const endTime = () => app.services.db.write('mail_mailboxes').update({ expires_at: app.clock.now() });
  const expire = async () => {
    const { mailDeletion } = app.services;
    while ((await mailDeletion.expire(100)) > 0);
    await mailDeletion.finish();
  };

  it('of expired mailboxes spares what was pinned, marked or asked for again in the meantime', async () => {
    const [, , favourite] = [await make('gone'), await make('pinned'), await make('favourite'), await make('again')];
    await endTime();
    assert.deepEqual((await ada.http.post('/api/mailboxes/pin?address=pinned@example.com')).body.pinned, true);
    await ada.http.post('/api/mailbox/favorite', { mailbox_id: favourite.id, is_favorite: true });
    assert.equal((await ada.http.post('/api/create', { local: 'again' })).body.expires, app.clock.now() + 3600_000);
    await expire();
    const left = (await ada.http.get('/api/mailboxes')).body.map(({ address }: any) => address.split('@')[0]);
    assert.deepEqual(left.sort(), ['again', 'favourite', 'pinned']);
    assert.equal(await rows('mail_messages'), 3);
  });

  it('puts a mailbox out of reach before its mail goes, and goes on after a crash', async () => {
    const { id } = await make('slow');
    await endTime();
    await app.services.mailDeletion.expire(100);
    assert.equal((await ada.http.post('/api/mailboxes/pin?address=slow@example.com')).status, 404);
    assert.equal((await ada.http.post('/api/mailbox/favorite', { mailbox_id: id, is_favorite: true })).status, 404);
    assert.deepEqual((await root.get('/api/mailboxes')).body, []);
    // The address is free at once, and a new mailbox of that name is another one.
    await make('slow');
    assert.equal((await ada.http.get('/api/emails?mailbox=slow@example.com')).body.length, 1);
    app = await app.restart();
    await app.services.mailDeletion.finish();
    assert.deepEqual([await rows('mail_mailboxes'), await rows('mail_messages'), await rows('core_blobs')], [1, 1, 1]);
  });

  it('says of a mail that is deleted while somebody reads it that it is gone', async () => {
    const { blobs, mailDeletion, db } = app.services;
    const text = 'A line of a long mail with an attachment.\r\n'.repeat(2_000);
    const attachments = [{ filename: 'a.txt', content: 'a' }];
    const { locate, read, stream } = blobs;
    const ways = [
      ['/api/email/ID', () => Object.assign(blobs, { locate: (ids: number[]) => deleted().then(() => locate(ids)) })],
      [
        '/api/email/ID/download',
        () => Object.assign(blobs, { stream: (blob: number) => deleted().then(() => stream(blob)) }),
      ],
      [
        '/api/platform/mail/messages/ID/attachments/0',
        () => Object.assign(blobs, { read: (blob: number) => deleted().then(() => read(blob)) }),
      ],
    ] as const;
    const deleted = async () => mailDeletion.messages((await db.read('mail_messages')).map(({ id }) => id));
    for (const [path, disturb] of ways) {
      const mail = { from: 'a@sender.example', to: 'long@example.com', subject: 'x', text, attachments };
      await sendMail(app.services.smtpReceiver.port()!, mail);
      await app.services.mailParseLoop.idle();
      const message = await db.read('mail_messages').first();
      disturb();
      assert.equal((await root.get(path.replace('ID', String(message!.id)))).status, 404, path);
      Object.assign(blobs, { locate, read, stream });
    }
  });

  it('leaves no rules behind for the next mailbox of that name', async () => {
    await make('ruled');
    const rule = { name: 'q', mailbox: 'ruled@example.com', conditions: {}, action: 'quarantine' };
    await ada.http.post('/api/platform/mail/rules', rule);
    await deliver('ruled@example.com');
    await ada.http.delete('/api/mailboxes?address=ruled@example.com');
    await make('ruled');
    assert.equal((await ada.http.get('/api/emails?mailbox=ruled@example.com')).body.length, 1);
  });

  it('of a mailbox takes the calls of its webhooks along, which carry its mail', async () => {
    const { db } = app.services;
    await make('hooked');
    const webhook = { mailbox: 'hooked@example.com', url: 'http://127.0.0.1:9/' };
    await ada.http.post('/api/platform/mail/webhooks', webhook);
    await deliver('hooked@example.com');
    await app.services.jobs.idle();
    const calls = () => db.read('core_jobs').where({ name: 'mail.callWebhook' });
    assert.equal((await calls()).length, 1, 'it is tried again later');
    await ada.http.delete('/api/mailboxes?address=hooked@example.com');
    assert.deepEqual(await calls(), []);
  });

  it('of both copies of a message at once leaves no bytes behind', async () => {
    const pairs = Array.from({ length: 10 }, (_, index) => [`one${index}@example.com`, `two${index}@example.com`]);
    for (const pair of pairs) await deliver(pair);
    const { db, mailDeletion } = app.services;
    const messages = await db.read('mail_messages').orderBy('id').select('id', 'blob_id');
    assert.equal(messages.length, 20);
    await Promise.all(messages.map(({ id }) => mailDeletion.messages([id])));
    assert.equal(await rows('mail_messages'), 0);
    assert.equal(await rows('core_blobs'), 0);
  });

  it('of a tenant takes what its workflows made, rules, suppressions, sent mail and queued work', async () => {
    const { mailboxSettings, db, outbox, jobs } = app.services;
    const { tenantId } = ada;
    const workflow = { kind: 'user' as const, id: tenantId, userId: null, tenantId, roles: ['admin'], scopes: null };
    await mailboxSettings.create(workflow, { local: 'robot', domainIndex: 0 });
    await make('mine');
    const rule = { name: 'q', mailbox: 'robot@example.com', conditions: {}, action: 'tag', value: 'x' };
    await ada.http.post('/api/platform/mail/rules', rule);
    const webhook = { mailbox: 'robot@example.com', url: 'https://hooks.example.net/' };
    await ada.http.post('/api/platform/mail/webhooks', webhook);
    await ada.http.post('/api/platform/mail/suppressions', { address: 'no@else.example' });
    const mailbox = (await app.services.mailboxes.byAddress('robot@example.com'))!;
    await db.transaction((trx) =>
      outbox.add(trx, {
        sentBy: null,
        mailbox,
        kind: 'composed',
        recipients: ['you@else.example'],
        subject: 'later',
        text: 'x',
        scheduledAt: app.clock.now() + 3600_000,
      }),
    );
    const signedIn = await signIn(app, ada.email, ada.password);
    assert.equal((await signedIn.http.delete('/api/v2/users/me')).status, 204);
    await jobs.idle();
    for (const table of ['mail_mailboxes', 'mail_messages', 'core_blobs', 'mail_sent'] as const) {
      assert.equal(await rows(table), 0, table);
    }
    for (const table of ['mail_rules', 'mail_webhooks', 'mail_suppressions', 'mail_deliveries'] as const) {
      assert.deepEqual(await db.read(table), [], table);
    }
    assert.deepEqual(await db.read('core_jobs').where('name', 'like', 'mail.%'), []);
  });
});
