/**
 * A clock that is set wrong while mail comes and goes, by an hour, a day and a year, both ways, and put right again: every mail
 * is there once, and reaches the other side once.
 */
import assert from 'node:assert/strict';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';
import { sendMail } from '#test/support/smtp.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SIZES = { 'an hour': HOUR_MS, 'a day': 24 * HOUR_MS, 'a year': 365 * 24 * HOUR_MS };

describe('a clock that is wrong while mail', () => {
  let relay: MailServer;
  let app: TestPlatform;
  let http: Client;
  before(async () => {
    relay = await startMailServer();
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { mailboxTtl: 0, smtp: { port: 0 } } },
      config: {
        http: { rateLimit: { enabled: false } },
        mailer: { transport: 'smtp', smtp: { host: '127.0.0.1', port: relay.port } },
      },
    });
    http = app.http.bearer(ROOT_TOKEN);
    await http.post('/api/create', { local: 'me' });
  });
  after(async () => {
    await app.stop();
    await relay.close();
  });

  const cron = async () => {
    await app.platform.cron.runDue();
    await app.services.jobs.idle();
  };

  for (const [what, size] of Object.entries(SIZES))
    for (const step of [size, -size])
      it(`comes and goes, ${what} ${step > 0 ? 'ahead' : 'back'}`, async () => {
        const name = `${what} ${step}`;
        const receive = (subject: string) =>
          sendMail(app.services.smtpReceiver.port()!, {
            from: 'you@else.example',
            to: 'me@example.com',
            raw: `From: you@else.example\r\nTo: me@example.com\r\nSubject: ${subject}\r\n\r\ntext\r\n`,
          } as never);
        const send = async (subject: string, more: object = {}) => {
          const mail = { from: 'me@example.com', to: 'you@else.example', subject, text: 'Hi', ...more };
          const { status, text, body } = await http.post('/api/send', mail);
          assert.equal(status, 200, text);
          return body.id as string;
        };
        const stages = ['before', 'during', 'after'];
        relay.received.length = 0;
        relay.refuse = () => ({ code: 451, text: 'later' });
        const ids: string[] = [];
        const at = new Date(app.clock.now() + 20 * MINUTE_MS).toISOString();
        ids.push(await send(`${name} scheduled`, { scheduledAt: at }));
        for (const stage of stages) {
          if (stage === 'during') app.clock.jump(step);
          if (stage === 'after') app.clock.jump(-step);
          await receive(`${name} ${stage}`);
          ids.push(await send(`${name} ${stage}`));
          await app.services.jobs.idle();
          await cron();
        }
        relay.refuse = () => null;
        for (let tries = 0; tries < 40; tries++) {
          await app.clock.advance(5 * MINUTE_MS);
          await cron();
        }
        const subjects = relay.received.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw)?.[1]).sort();
        assert.deepEqual(subjects, [...stages, 'scheduled'].map((stage) => `${name} ${stage}`).sort());
        for (const id of ids) assert.equal((await http.get(`/api/send/${id}`)).body.status, 'sent');
        const rows = await app.services.db.read('mail_messages').where('subject', 'like', `${name} %`);
        assert.deepEqual(rows.map(({ subject }) => subject).sort(), stages.map((stage) => `${name} ${stage}`).sort());
        assert.ok(rows.every(({ parsed_at }) => parsed_at !== null));
      });
});
