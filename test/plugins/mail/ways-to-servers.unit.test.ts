/** The servers of a domain, of which some are broken: which of them gets the mail, and what the failure of all means. */
import assert from 'node:assert/strict';
import { MailerConfig } from '#core/mailer/mailer.ts';
import { mxTransport } from '#core/mailer/mx.ts';
import { type ResolveRecords, shuffled } from '#core/mailer/mx-records.ts';
import { ANSWER_MS, GREETING_MS, smtpTransport } from '#core/mailer/transports.ts';
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
  const mail = {
    envelope: { from: 'a@b.example', to: ['x@example.org'] },
    raw: Buffer.from('Subject: x\r\n\r\nx\r\n'),
    idempotencyKey: 'k',
  };
  const way = (...ports: number[]) =>
    mxTransport({
      hostname: 'localhost',
      port: 1,
      connectSeconds: 1,
      routes: { 'example.org': ports.map((port) => `127.0.0.1:${port}`).join(', ') },
    });
  const deliver = (...ports: number[]) => way(...ports).deliver(mail, AbortSignal.timeout(10_000));

  it('get mail in the clear when their STARTTLS does not work', async () => {
    for (const startTls of ['closes', 'garbage', 'refuses'] as const) {
      const server = await start({ startTls });
      await deliver(server.port);
      assert.equal(server.taken, 1, startTls);
      assert.equal(server.sessions, startTls === 'refuses' ? 1 : 2, startTls);
    }
  });

  it('have as long for each answer as they are to have', () => {
    assert.deepEqual([GREETING_MS, ANSWER_MS], [300_000, 600_000]);
    assert.ok(Reflect.get(MailerConfig.properties.deliverySeconds, 'default') * 1000 > ANSWER_MS);
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
    for (const pipelining of [false, true]) {
      const later = await start({ recipient: '451 later', pipelining });
      const count = good.received.length;
      await deliver(later.port, good.port);
      assert.equal(good.received.length, count + 1);
      const never = await start({ recipient: '550 nobody', pipelining });
      await assert.rejects(deliver(never.port, good.port), { isPermanent: true, isUnreachable: false });
      assert.equal(good.received.length, count + 1);
    }
  });

  it('are told of letters beyond ASCII where they know the word for it', async () => {
    const server = await start({});
    for (const text of ['x', 'ü']) {
      const raw = Buffer.from(`Subject: x\r\n\r\n${text}\r\n`);
      await way(server.port).deliver({ ...mail, raw }, AbortSignal.timeout(10_000));
      const relay = smtpTransport({ host: '127.0.0.1', port: server.port, secure: false });
      await relay.deliver({ ...mail, raw }, AbortSignal.timeout(10_000));
      relay.close();
    }
    assert.deepEqual(server.senders, [
      ...Array(2).fill('MAIL FROM:<A@B.EXAMPLE>'),
      ...Array(2).fill('MAIL FROM:<A@B.EXAMPLE> BODY=8BITMIME'),
    ]);
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

describe('the records of a domain', () => {
  const fails = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
  const mail = {
    envelope: { from: 'a@b.example', to: ['x@BÜCHER.example'] },
    raw: Buffer.from('Subject: x\r\n\r\nx\r\n'),
    idempotencyKey: 'k',
  };
  const asked: string[] = [];
  const deliver = (records: Record<string, ReturnType<ResolveRecords>>) => {
    asked.length = 0;
    const resolve: ResolveRecords = (name, type) => {
      asked.push(`${type} ${name}`);
      return records[`${type} ${name}`] ?? fails('ENOTFOUND');
    };
    const config = { hostname: 'localhost', port: 1, connectSeconds: 1, routes: {} };
    return mxTransport(config, resolve).deliver(mail, AbortSignal.timeout(10_000));
  };
  const name = 'xn--bcher-kva.example';

  it('that takes no mail, or is not there, refuse for good; what is not known is asked again', async () => {
    const nullMx = Promise.resolve([{ exchange: '', priority: 0 }]);
    await assert.rejects(deliver({ [`MX ${name}`]: nullMx }), { isPermanent: true, isUnreachable: false });
    assert.deepEqual(asked, [`MX ${name}`]);
    await assert.rejects(deliver({}), { isPermanent: true, isUnreachable: false });
    const broken = { [`MX ${name}`]: fails('ESERVFAIL') };
    await assert.rejects(deliver(broken), { isPermanent: false, isUnreachable: true });
  });

  it('with servers lead to these alone, not to its own address', async () => {
    const servers = Promise.resolve([{ exchange: 'mx.example', priority: 10 }]);
    await assert.rejects(deliver({ [`MX ${name}`]: servers, [`A ${name}`]: Promise.resolve(['192.0.2.1']) }));
    assert.ok(asked.includes('A mx.example') && !asked.includes(`A ${name}`), asked.join());
  });

  it('lead to this machine or its neighbours nowhere', async () => {
    for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254'])
      await assert.rejects(deliver({ [`A ${name}`]: Promise.resolve([address]) }), /IP address/, address);
  });

  it('with servers that are preferred alike begin with each of them', () => {
    const firsts = Array.from({ length: 300 }, () => shuffled(['one', 'two', 'three'])[0]);
    assert.deepEqual([...new Set(firsts)].sort(), ['one', 'three', 'two']);
    assert.deepEqual(shuffled(['one', 'two', 'three']).sort(), ['one', 'three', 'two']);
  });
});
