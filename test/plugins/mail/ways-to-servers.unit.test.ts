/** The servers of a domain, of which some are broken: which of them gets the mail, and what the failure of all means. */
import assert from 'node:assert/strict';
import { mxTransport } from '#core/mailer/mx.ts';
import { smtpTransport } from '#core/mailer/transports.ts';
import { type BrokenServer, startBrokenServer } from '#test/support/broken-server.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';

describe('the servers of a domain', () => {
  let good: MailServer;
  const broken: BrokenServer[] = [];
  before(async () => {
    good = await startMailServer();
  });
  after(async () => {
    await good.close();
    for (const server of broken) await server.close();
  });

  const start = async (about: Parameters<typeof startBrokenServer>[0]) => {
    const server = await startBrokenServer(about);
    broken.push(server);
    return server;
  };
  const deliver = (...ports: number[]) =>
    mxTransport({
      hostname: 'localhost',
      port: 1,
      connectSeconds: 1,
      routes: { 'example.org': ports.map((port) => `127.0.0.1:${port}`).join(', ') },
    }).deliver(
      {
        envelope: { from: 'a@b.example', to: ['x@example.org'] },
        raw: Buffer.from('Subject: x\r\n\r\nx\r\n'),
        idempotencyKey: 'k',
      },
      AbortSignal.timeout(10_000),
    );

  it('get mail in the clear when their STARTTLS does not work', async () => {
    for (const startTls of ['closes', 'garbage', 'refuses'] as const) {
      const server = await start({ startTls });
      await deliver(server.port);
      assert.equal(server.taken, 1, startTls);
      assert.equal(server.sessions, startTls === 'refuses' ? 1 : 2, startTls);
    }
  });

  it('are tried in order when one greets with a refusal or goes away', async () => {
    for (const greeting of ['421 busy', '450 later', '554 no service here', '']) {
      const first = await start({ greeting });
      const count = good.received.length;
      await deliver(first.port, good.port);
      assert.equal(good.received.length, count + 1, greeting);
      assert.equal(first.sessions, 1);
    }
  });

  it('are tried in order when one cannot take the recipient now, and not when it refuses', async () => {
    const later = await start({ recipient: '451 later' });
    const count = good.received.length;
    await deliver(later.port, good.port);
    assert.equal(good.received.length, count + 1);
    const never = await start({ recipient: '550 nobody' });
    await assert.rejects(deliver(never.port, good.port), { isPermanent: true, isUnreachable: false });
    assert.equal(good.received.length, count + 1);
  });

  it('get a message once that one of them may have taken', async () => {
    const cut = await start({ content: '' });
    const count = good.received.length;
    await assert.rejects(deliver(cut.port, good.port), { isPermanent: false, isUnreachable: false });
    assert.equal(good.received.length, count);
  });

  it('are away when none answers, and refuse when each of them does', async () => {
    const [busy, silent, never] = [
      await start({ greeting: '421 busy' }),
      await start({ greeting: '' }),
      await start({ greeting: '554 no' }),
    ];
    await assert.rejects(deliver(busy.port, silent.port, 1), { isPermanent: false, isUnreachable: true });
    await assert.rejects(deliver(never.port, never.port), { isPermanent: true, isUnreachable: false });
    await assert.rejects(deliver(never.port, busy.port), { isPermanent: false, isUnreachable: false });
  });

  it('are there, although one hangs up on a mail; a relay too', async () => {
    const relay = (port: number) =>
      smtpTransport({ host: '127.0.0.1', port, secure: false }).deliver(
        {
          envelope: { from: 'a@b.example', to: ['x@example.org'] },
          raw: Buffer.from('Subject: x\r\n\r\nx\r\n'),
          idempotencyKey: 'k',
        },
        AbortSignal.timeout(10_000),
      );
    for (const content of ['', '421 not this one']) {
      const server = await start({ content });
      const said = { isPermanent: false, isUnreachable: false };
      await assert.rejects(deliver(server.port), said, `mx ${content}`);
      await assert.rejects(relay(server.port), said, `relay ${content}`);
    }
    for (const greeting of ['', '421 busy', '554 maintenance']) {
      const server = await start({ greeting });
      await assert.rejects(relay(server.port), { isPermanent: false, isUnreachable: true }, `relay ${greeting}`);
    }
  });
});
