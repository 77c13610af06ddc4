/** The seal of a forward says what was found when the mail came in (RFC 8617), for whoever cannot find it any more. */
import assert from 'node:assert/strict';
import { authenticate } from 'mailauth';
import { allowSending, authConfig, type Person, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { callAs } from '#test/support/principals.ts';
import { sendMail } from '#test/support/smtp.ts';

const RECORDS: Record<string, string[][]> = {
  'TXT good.example': [['v=spf1 ip4:127.0.0.1 -all']],
  'TXT _dmarc.good.example': [['v=DMARC1; p=reject']],
};
const RAW =
  'From: shop@good.example\r\nTo: ada@example.com\r\nSubject: Hi\r\nMessage-ID: <1@good.example>\r\n\r\nText.\r\n';

describe('the seal of a forward', () => {
  let app: TestPlatform;
  let relay: MailServer;
  let owner: Person;
  const resolve = async (name: string, type: string) => {
    const records = { ...RECORDS };
    for (const domain of ['example.com']) {
      const { selector, record } = await app.services.dkim.keyOf(domain);
      records[`TXT ${selector}._domainkey.${domain}`] = [[record]];
    }
    const found = records[`${type} ${name}`];
    if (!found) throw Object.assign(new Error(`no ${type} of ${name}`), { code: 'ENOTFOUND' });
    return found;
  };
  const start = async (mail: object) => {
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { mailboxTtl: 0, domains: ['example.com'], smtp: { port: 0 }, ...mail } },
      config: { mailer: { transport: 'smtp', smtp: { host: '127.0.0.1', port: relay.port } } },
    });
    app.services.mailDns.resolve = resolve;
    owner = await register(app);
    await mailboxOf(app, owner, 'ada');
    await allowSending(app, owner);
  };
  const forwardTo = async (forward_to: string) => {
    const { id: mailbox_id } = (await owner.http.get('/api/mailbox/info?address=ada@example.com')).body;
    assert.equal((await owner.http.post('/api/mailbox/forward', { mailbox_id, forward_to })).status, 200);
  };
  const deliver = (raw = RAW) =>
    sendMail(app.services.smtpReceiver.port()!, {
      envelope: { from: 'shop@good.example', to: 'ada@example.com' },
      raw,
    });
  /** The whole message as the next server reads it, and what it says of the seals. */
  const judged = async (raw: string) => {
    const { arc } = await authenticate(Buffer.from(raw), {
      ip: '192.0.2.7',
      helo: 'relay.example',
      sender: 'x@example.com',
      mta: 'mx.third.example',
      disableBimi: true,
      resolver: resolve as never,
    });
    const line = /^ARC-Authentication-Results: (.*(?:\r\n[ \t].*)*)/m.exec(raw)?.[1]?.replace(/\s+/g, ' ') ?? '';
    return { arc: arc ? arc.status.result : 'none', line };
  };
  const forwarded = async () => {
    for (let count = 1; ; count++) {
      const mail = (await relay.has(count))[count - 1];
      if (mail?.to[0]?.endsWith('@else.example')) return mail.raw;
    }
  };

  beforeEach(async () => {
    relay = await startMailServer();
  });
  afterEach(async () => {
    await app.stop();
    await relay.close();
  });

  it('carries the results of the message, under the name of this server', async () => {
    await start({ authentication: { trusted: [] } });
    await forwardTo('me@else.example');
    await deliver();
    const raw = await forwarded();
    const { arc, line } = await judged(raw);
    assert.equal(arc, 'pass');
    assert.ok(raw.startsWith('ARC-Seal: '), 'nothing is put above the seal');
    assert.match(raw, /^X-Patchbay-Loop: 1\r$/m);
    assert.match(line, /^i=1; example\.com; /);
    assert.match(line, /spf=pass [^;]*smtp\.mailfrom=shop@good\.example/);
    assert.match(line, /dmarc=pass [^;]*p=REJECT[^;]*header\.from=good\.example/i);
  });

  it('says the same of a mail that is sent on by hand', async () => {
    await start({ authentication: { trusted: [] }, smtp: { port: 0, hostname: 'mx.example.com' } });
    await deliver();
    await app.services.mailParseLoop.idle();
    const call = await callAs(app, owner, 'once');
    const { items } = (await app.services.functions.call('mail.find', { mailbox: 'ada@example.com' }, call)) as any;
    await app.services.functions.call('mail.forward', { message_id: items[0].id, to: 'me@else.example' }, call);
    const { arc, line } = await judged(await forwarded());
    assert.equal(arc, 'pass');
    assert.match(line, /^i=1; mx\.example\.com; .*spf=pass.*dmarc=pass/);
  });

  it('is checked where it comes in, and shown with the other results', async () => {
    await start({ authentication: { trusted: [] } });
    await forwardTo('me@else.example');
    await deliver();
    const sealed = await forwarded();
    const arcOf = async (raw: string) => {
      await deliver(raw);
      await app.services.mailParseLoop.idle();
      const row = await app.services.db.read('mail_messages').orderBy('id', 'desc').first('auth_results');
      const { arc, summary } = JSON.parse(row?.auth_results ?? '{}');
      return [arc, /\barc=(\w+)/.exec(summary)?.[1]];
    };
    assert.deepEqual(await arcOf(sealed), ['pass', 'pass']);
    assert.deepEqual(await arcOf(sealed.replace('Text.', 'Other.')), ['fail', 'fail']);
  });

  it('claims nothing for mail that was not checked', async () => {
    await start({});
    await forwardTo('me@else.example');
    await deliver();
    const { arc, line } = await judged(await forwarded());
    assert.deepEqual([arc, line], ['pass', 'i=1; example.com; none']);
  });

  it('has no line that is too long, and says in words what could not be checked', async () => {
    await start({ authentication: { trusted: [], timeoutMs: 100 } });
    await forwardTo('me@else.example');
    app.services.mailDns.resolve = () => new Promise(() => {});
    await deliver();
    const raw = await forwarded();
    app.services.mailDns.resolve = resolve;
    assert.match((await judged(raw)).line, /^i=1; example\.com; .*spf=temperror .*dmarc=temperror/);
    assert.ok(Math.max(...raw.split('\r\n').map(({ length }) => length)) <= 998);
  });
});
