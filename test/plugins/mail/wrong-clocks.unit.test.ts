/** A clock that was wrong for a while: mail goes on by the right one, and what a wrong one noted holds nothing up. */
import assert from 'node:assert/strict';
import { freePort } from '#test/support/free-port.ts';
import { MAILBOX, type MailPlatform, plainMail, startMail } from '#test/support/mail.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

describe('deliveries under a clock that is set', () => {
  let mail: MailPlatform;
  let port: number;
  let server: MailServer | null = null;
  beforeEach(async () => {
    port = await freePort();
    const mailer = { transport: 'mx', mx: { routes: { 'else.example': `127.0.0.1:${port}` } } };
    mail = await startMail({}, { config: { http: { rateLimit: { enabled: false } }, mailer } } as never);
    await mail.http.post('/api/create', { local: 'me' });
  });
  afterEach(async () => {
    await mail.app.stop();
    await server?.close();
    server = null;
  });

  const send = async () => {
    const written = { from: 'me@example.com', to: 'you@else.example', subject: 'Hello', text: 'Hi' };
    const { id } = (await mail.http.post('/api/send', written)).body;
    await mail.app.services.jobs.idle();
    return async () => (await mail.http.get(`/api/send/${id}`)).body.status as string;
  };
  const pass = async (hours: number, stepMs = 10 * MINUTE_MS) => {
    for (let passed = 0; passed < hours * HOUR_MS; passed += stepMs) {
      await mail.app.clock.advance(stepMs);
      await mail.app.services.jobs.idle();
    }
  };

  it('back is no reason to leave a domain alone for as long', async () => {
    const status = await send();
    mail.app.clock.jump(-DAY_MS);
    server = await startMailServer(port);
    const written = { from: 'me@example.com', to: 'two@else.example', subject: 'Two', text: 'Hi' };
    await mail.http.post('/api/send', written);
    await pass(1);
    assert.ok(
      server.received.some(({ to }) => to[0] === 'two@else.example'),
      'the door was closed for half a minute',
    );
    mail.app.clock.jump(DAY_MS);
    await pass(1);
    assert.equal(await status(), 'delivered');
  });

  it('ahead for an hour ends none', async () => {
    const earlier = await send();
    await pass(6);
    mail.app.clock.jump(YEAR_MS);
    const during = await send();
    await pass(1);
    mail.app.clock.jump(-YEAR_MS);
    assert.deepEqual([await earlier(), await during()], ['queued', 'queued']);
    server = await startMailServer(port);
    await pass(4);
    assert.deepEqual([await earlier(), await during()], ['delivered', 'delivered']);
  });

  it('ahead does not make one be tried for a year', async () => {
    mail.app.clock.jump(YEAR_MS);
    const status = await send();
    mail.app.clock.jump(-YEAR_MS);
    await pass(5 * 24, HOUR_MS);
    assert.equal(await status(), 'failed');
  }).timeout(60_000);
});

describe('a clock that was ahead', () => {
  it('puts off no sender for as long', async () => {
    const mail = await startMail({
      authentication: { enabled: false, trusted: [] },
      filtering: { greylisting: { enabled: true, delaySeconds: 60 } },
    });
    const { clock, services } = mail.app;
    clock.jump(YEAR_MS);
    await assert.rejects(mail.deliver(plainMail('first')), /450/);
    clock.jump(-YEAR_MS);
    await mail.deliver(plainMail('again'));
    clock.jump(YEAR_MS);
    await assert.rejects(mail.deliver(plainMail('other'), MAILBOX, 'other@sender.example'), /450/);
    clock.jump(-YEAR_MS);
    await services.greylist.deleteOld();
    assert.equal((await services.db.read('mail_greylist')).length, 1);
    await mail.app.stop();
  });

  it('made mailboxes that live no longer than others', async () => {
    const mail = await startMail({ mailboxTtl: 3600 });
    const { clock, platform, services } = mail.app;
    await mail.http.post('/api/create', { local: 'before' });
    clock.jump(YEAR_MS);
    await mail.http.post('/api/create', { local: 'during' });
    await platform.cron.runDue();
    clock.jump(-YEAR_MS);
    await platform.cron.runDue();
    const names = async () => services.db.read('mail_mailboxes').whereNull('removed_at').orderBy('id').pluck('address');
    assert.deepEqual(await names(), ['before@example.com', 'during@example.com']);
    for (let minutes = 0; minutes <= 70; minutes += 5) {
      await clock.advance(5 * MINUTE_MS);
      await platform.cron.runDue();
    }
    assert.deepEqual(await names(), []);
    await mail.app.stop();
  });
});
