/** What waits for a place that does not answer is given up in time, also what was never tried. */
import assert from 'node:assert/strict';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import { freePort } from '#test/support/free-port.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { plainMail } from '#test/support/mail.ts';
import { sendMail } from '#test/support/smtp.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** More than twice those that are tried at once. */
const MANY = 8;

describe('what waits for a place that does not answer', () => {
  let app: TestPlatform;
  const start = async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { mailboxTtl: 0, domains: ['example.com'], smtp: { port: 0 } } },
      config: {
        http: { rateLimit: { enabled: false } },
        mailer: { transport: 'mx', mx: { routes: { 'dead.example': `127.0.0.1:${await freePort()}` } } },
      },
    });
    const http = app.http.bearer(ROOT_TOKEN);
    await http.post('/api/create', { local: 'me' });
    return http;
  };
  afterEach(() => app.stop());
  const idle = () => app.services.jobs.idle();
  const deliveries = () => app.services.db.read('mail_deliveries').select('status', 'attempts', 'answer');
  const addMany = async (count: number) => {
    const { outbox, mailboxes, db } = app.services;
    const mailbox = (await mailboxes.byAddress('me@example.com'))!;
    const recipients = Array.from({ length: count }, (_, index) => `nobody-${index}@dead.example`);
    await db.transaction((trx) =>
      outbox.add(trx, { sentBy: null, mailbox, kind: 'composed', recipients, subject: 'Hello', text: 'Hi' }),
    );
  };

  it('is, of a mail, everything after four days, with few looks at each', async () => {
    await start();
    await addMany(MANY);
    let looks = 0;
    const { putOff } = app.services.deliveryOutcomes;
    app.services.deliveryOutcomes.putOff = (...given) => {
      looks++;
      return putOff(...given);
    };
    await idle();
    for (let hour = 0; hour < 4 * 24 + 8; hour++) {
      await app.clock.advance(HOUR_MS);
      await idle();
    }
    const all = await deliveries();
    assert.deepEqual(new Set(all.map(({ status }) => status)), new Set(['failed']));
    assert.ok(all.every(({ answer }) => answer?.startsWith('Gave up: ')));
    assert.ok(looks / MANY < 60, `each was looked at ${looks / MANY} times`);
  }).timeout(120_000);

  it('is tried first, when this server stood still for longer than that', async () => {
    await start();
    await addMany(3);
    await app.services.db.write('mail_sent').update({ created_at: app.clock.now() - 6 * DAY_MS });
    await idle();
    await app.clock.advance(3 * HOUR_MS);
    await idle();
    assert.ok((await deliveries()).every(({ status }) => status === 'queued'));
    await app.clock.advance(8 * HOUR_MS);
    await idle();
    assert.ok((await deliveries()).every(({ status }) => status === 'failed'));
  }).timeout(60_000);

  it('is, of a webhook, every call after three days', async () => {
    const http = await start();
    app.services.outbound.request = () => Promise.reject(new Error('never called')) as never;
    const url = `https://dead.example/${await freePort()}`;
    const made = await http.post('/api/platform/mail/webhooks', { mailbox: 'me@example.com', url });
    assert.equal(made.status, 201, made.text);
    for (let count = 0; count < MANY; count++) {
      const envelope = { from: 'shop@sender.example', to: 'me@example.com' };
      await sendMail(app.services.smtpReceiver.port()!, { envelope, raw: plainMail(`Mail ${count}`) });
    }
    await app.services.mailParseLoop.idle();
    for (let hour = 0; hour < 6 * 24; hour += 2) {
      await idle();
      await app.clock.advance(2 * HOUR_MS);
    }
    await idle();
    const states = await app.services.db.read('mail_webhook_calls').pluck('state');
    assert.deepEqual([states.length, new Set(states)], [MANY, new Set(['failed'])]);
  }).timeout(120_000);
});
