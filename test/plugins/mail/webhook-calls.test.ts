/** What was sent to webhooks and how they answered: listed, sent again, tried out, and gone when it has to be. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { insertMany } from '#core/database/insert-many.ts';
import { authConfig, type Person, register, signIn } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { sendMail } from '#test/support/smtp.ts';
import { openStream } from '#test/support/streams.ts';

const WEBHOOKS = '/api/platform/mail/webhooks';
const CALLS = '/api/platform/mail/webhook-calls';
/** Between two tries. */
const LONGEST_WAIT_MS = 72 * 60_000;
const DAY_MS = 24 * 3600_000;

describe('calls of webhooks', () => {
  let app: TestPlatform;
  let ada: Person;
  let bob: Person;
  let outside: Server;
  let url: string;
  let answer = 200;
  const got: { id: string; body: any }[] = [];

  before(async () => {
    outside = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        got.push({ id: String(request.headers['webhook-id']), body: JSON.parse(body) });
        response.writeHead(answer).end('what is behind this server');
      });
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}/`;
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { mailboxTtl: 0, publicDomains: ['example.com'], smtp: { port: 0 } } },
      config: { http: { outbound: { allow: ['127.0.0.1'] }, rateLimit: { enabled: false } } },
    });
    ada = await register(app, 'ada');
    bob = await register(app, 'bob');
  });
  after(async () => {
    await app.stop();
    outside.close();
  });
  beforeEach(async () => {
    got.length = 0;
    answer = 200;
    await signedInAgain();
  });

  /** Tokens end as time is moved. */
  async function signedInAgain(): Promise<void> {
    ada = await signIn(app, ada.email, ada.password);
    bob = await signIn(app, bob.email, bob.password);
  }

  async function hooked(local: string, target = url): Promise<number> {
    await ada.http.post('/api/create', { local });
    const made = await ada.http.post(WEBHOOKS, { mailbox: `${local}@example.com`, url: target });
    assert.equal(made.status, 201, made.text);
    return made.body.id;
  }
  async function deliver(local: string, subject: string): Promise<void> {
    const mail = { from: 'eve@sender.example', to: `${local}@example.com`, subject, text: 'x' };
    await sendMail(app.services.smtpReceiver.port()!, mail);
    await app.services.mailParseLoop.idle();
    await app.services.jobs.idle();
  }
  const callsOf = async (id: number) => (await ada.http.get(`${WEBHOOKS}/${id}/calls`)).body.items;

  it('are listed with what was answered, and with the time of the next try', async () => {
    const id = await hooked('listed');
    answer = 503;
    await deliver('listed', 'first');
    const [waiting] = await callsOf(id);
    assert.deepEqual([waiting.state, waiting.tries, waiting.status, waiting.failure], ['waiting', 1, 503, null]);
    const inMs = Date.parse(waiting.next_try_at) - app.clock.now();
    assert.ok(inMs > 0 && inMs < 2_000, `${inMs} ms`);
    answer = 204;
    await app.clock.advance(5_000);
    await app.services.jobs.idle();
    const [delivered] = await callsOf(id);
    assert.deepEqual([delivered.state, delivered.tries, delivered.status], ['delivered', 2, 204]);
    assert.equal(delivered.next_try_at, null);
    const whole = (await ada.http.get(`${CALLS}/${delivered.id}`)).body;
    assert.deepEqual(whole.event, got[0]?.body);
    assert.doesNotMatch(JSON.stringify(whole), /behind this server/, 'bodies of answers are not kept');
  });

  it('say why nothing was answered, as a code alone', async () => {
    const id = await hooked('silent', 'http://127.0.0.1:9/');
    await deliver('silent', 'nobody there');
    const [call] = await callsOf(id);
    assert.deepEqual([call.state, call.status, call.failure], ['waiting', null, 'network']);
  });

  it('fail when the last try has failed, and are sent again with the same id', async () => {
    const id = await hooked('failing');
    answer = 500;
    await deliver('failing', 'never');
    for (let tries = 1; tries < 12; tries++) {
      await app.clock.advance(LONGEST_WAIT_MS);
      await app.services.jobs.idle();
    }
    await signedInAgain();
    const [failed] = await callsOf(id);
    assert.deepEqual([failed.state, failed.tries, failed.next_try_at], ['failed', 12, null]);
    answer = 200;
    const again = await ada.http.post(`${CALLS}/${failed.id}/again`);
    assert.equal(again.status, 202, again.text);
    await app.services.jobs.idle();
    assert.deepEqual(new Set(got.map((one) => one.id)), new Set([failed.event_id]));
    const states = (await callsOf(id)).map(({ state }: any) => state);
    assert.deepEqual(states, ['delivered', 'failed']);
    const page = async (query: string) => (await ada.http.get(`${WEBHOOKS}/${id}/calls?${query}`)).body;
    const first = await page('limit=1');
    const second = await page(`limit=1&cursor=${first.next_cursor}`);
    assert.deepEqual([first.items[0]?.state, second.items[0]?.state], ['delivered', 'failed']);
  });

  it('are tried out by a test event, and told live to who may see them', async () => {
    const id = await hooked('tested');
    const open = ({ accessToken }: Person) =>
      openStream(`${app.url}/api/platform/live?topics=webhook.called`, { authorization: `Bearer ${accessToken}` });
    const [mine, theirs] = await Promise.all([open(ada), open(bob)]);
    const made = await ada.http.post(`${WEBHOOKS}/${id}/test`);
    const { event_type, state, status } = made.body;
    assert.deepEqual([made.status, event_type, state, status], [200, 'webhook.test', 'delivered', 200]);
    const [listed] = (await ada.http.get(`${WEBHOOKS}?mailbox=tested@example.com`)).body.items;
    assert.deepEqual([listed.last_call.id, listed.last_call.state], [made.body.id, 'delivered']);
    await mine.until(1);
    assert.deepEqual([mine.data[0].data.webhook_id, mine.data[0].data.state], [id, 'delivered']);
    assert.deepEqual(theirs.types, []);
    assert.deepEqual([got[0]?.body.type, got[0]?.body.data], ['webhook.test', { mailbox: 'tested@example.com' }]);
    mine.close();
    theirs.close();
  });

  it('are tried out at once and but once, also while their host is left alone', async () => {
    const id = await hooked('away');
    answer = 503;
    const test = async () => (await ada.http.post(`${WEBHOOKS}/${id}/test`)).body;
    const refused = await test();
    assert.deepEqual([refused.state, refused.status, refused.tries, refused.next_try_at], ['failed', 503, 1, null]);
    answer = 200;
    assert.equal((await test()).state, 'delivered');
    const url = 'http://10.255.255.1/hook';
    const made = await ada.http.post(WEBHOOKS, { mailbox: 'away@example.com', url });
    assert.deepEqual([made.status, made.body.blocked], [201, true]);
    const blocked = await ada.http.post(`${WEBHOOKS}/${made.body.id}/test`);
    assert.deepEqual([blocked.body.state, blocked.body.failure], ['failed', 'blocked_address']);
  });

  it('are nobody else’s', async () => {
    const id = await hooked('private');
    await deliver('private', 'mine');
    const [call] = await callsOf(id);
    for (const { status } of await Promise.all([
      bob.http.get(`${WEBHOOKS}/${id}/calls`),
      bob.http.get(`${CALLS}/${call.id}`),
      bob.http.post(`${CALLS}/${call.id}/again`),
      bob.http.post(`${WEBHOOKS}/${id}/test`),
    ]))
      assert.equal(status, 404);
  });

  it('have failed when the process died in their last try, which could say nothing of it', async () => {
    const id = await hooked('died');
    answer = 503;
    await deliver('died', 'the last words');
    const { db } = app.services;
    const { job_id } = (await db.read('mail_webhook_calls').where({ webhook_id: id }).first())!;
    await db.write('core_jobs').where({ id: job_id! }).update({ state: 'dead' });
    const [call] = await callsOf(id);
    assert.deepEqual([call.state, call.next_try_at], ['failed', null]);
    assert.equal((await ada.http.get(`${CALLS}/${call.id}`)).body.state, 'failed');
    const those = async (state: string) => (await ada.http.get(`${WEBHOOKS}/${id}/calls?state=${state}`)).body;
    assert.equal((await those('failed')).items[0]?.id, call.id);
    assert.deepEqual((await those('waiting')).total, { value: 0, relation: 'exact' });
  });

  it('of a test have failed when the process died before the answer, as nothing tries them again', async () => {
    const id = await hooked('untried');
    const { webhookCalls } = app.services;
    const { tryNow } = webhookCalls;
    Object.assign(webhookCalls, { tryNow: () => Promise.reject(new Error('The process died')) });
    try {
      assert.equal((await ada.http.post(`${WEBHOOKS}/${id}/test`)).status, 500);
    } finally {
      Object.assign(webhookCalls, { tryNow });
    }
    const [call] = await callsOf(id);
    assert.deepEqual([call.state, call.failure, call.next_try_at], ['failed', 'interrupted', null]);
    const again = await ada.http.post(`${CALLS}/${call.id}/again`);
    assert.equal(again.status, 202, again.text);
    await app.services.jobs.idle();
    assert.deepEqual((await callsOf(id)).map(({ state }: any) => state).sort(), ['delivered', 'failed']);
  });

  it('begin for no webhook that another process has just deleted, and hold up no mail', async () => {
    const { db } = app.services;
    const [gone, left] = [await hooked('deleted'), await hooked('deleted')];
    await deliver('deleted', 'both are known');
    await db.write('mail_webhooks').where({ id: gone }).delete();
    await deliver('deleted', 'one is gone');
    assert.deepEqual(got.map(({ body }) => body.data.subject).sort(), [
      'both are known',
      'both are known',
      'one is gone',
    ]);
    const states = (await callsOf(left)).map(({ state }: any) => state);
    assert.deepEqual(states, ['delivered', 'delivered']);
    const mail = await db.read('mail_messages').where({ subject: 'one is gone' }).first();
    assert.equal(mail?.parse_tries, 1, 'it was stored the first time');
  });

  it('are not sent again when their mail goes at that moment', async () => {
    const { db, mailDeletion } = app.services;
    const id = await hooked('meanwhile');
    await deliver('meanwhile', 'soon gone');
    const [call] = await callsOf(id);
    const { transaction } = db;
    db.transaction = async (work, options) => {
      db.transaction = transaction;
      await mailDeletion.messages([call.message_id]);
      return transaction(work, options);
    };
    assert.equal((await ada.http.post(`${CALLS}/${call.id}/again`)).status, 404);
    assert.deepEqual(await callsOf(id), []);
    assert.equal(got.length, 1);
  });

  it('go with their mail, with their webhook, and after seven days', async () => {
    const { db } = app.services;
    const count = async (webhook_id: number) => (await db.read('mail_webhook_calls').where({ webhook_id })).length;
    const id = await hooked('going');
    await deliver('going', 'one');
    await deliver('going', 'two');
    const [latest] = await callsOf(id);
    await app.services.mailDeletion.messages([latest.message_id]);
    assert.equal(await count(id), 1);
    await app.clock.advance(8 * DAY_MS);
    await app.services.webhookRecords.deleteOld();
    assert.equal(await count(id), 0);
    await signedInAgain();
    await deliver('going', 'three');
    assert.equal(await count(id), 1);
    const exported = (await ada.http.get('/api/platform/auth/export')).body;
    assert.equal(exported.webhook_calls.at(-1).url, url);
    await ada.http.delete(`${WEBHOOKS}/${id}`);
    assert.equal(await count(id), 0);
  });

  it('are kept up to five hundred of each webhook, and others write while the rest goes', async () => {
    const { db, clock, webhookRecords } = app.services;
    const [many, few] = [await hooked('many'), await hooked('few')];
    const row = { event_id: 'x', event_type: 't', event: '{}', state: 'delivered' as const, tries: 1 };
    const columns = ['webhook_id', 'created_at', ...Object.keys(row)];
    const fill = (webhook_id: number, count: number, created_at: number) => {
      const rows = Array.from({ length: count }, () => [webhook_id, created_at, ...Object.values(row)]);
      return db.transaction((trx) => insertMany(trx, 'mail_webhook_calls', columns, rows));
    };
    const now = clock.now();
    await fill(few, 3_000, now - 8 * DAY_MS);
    await fill(few, 2, now);
    await fill(many, 3_000, now);
    const newest = await db.read('mail_webhook_calls').where({ webhook_id: many }).max({ id: 'id' }).first();
    let written = 0;
    let isOver = false;
    const work = webhookRecords.deleteOld().finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await db.write('mail_webhooks').where({ id: few }).update({ url });
      written++;
    }
    await work;
    assert.ok(written > 5, `${written} writes`);
    const left = (webhook_id: number) => db.read('mail_webhook_calls').where({ webhook_id }).orderBy('id', 'desc');
    assert.deepEqual([(await left(many)).length, (await left(few)).length], [500, 2]);
    assert.equal((await left(many))[0]?.id, newest?.id);
  });
});
