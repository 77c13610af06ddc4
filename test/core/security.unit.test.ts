/** Secrets, passwords, tokens, the clock, the log, outgoing HTTP and mail. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SMTPServer } from 'smtp-server';
import { manualClock, systemClock } from '#core/clock.ts';
import { backoffMs } from '#core/jobs/jobs.ts';
import { createMailer } from '#core/mailer/mailer.ts';
import { createLog } from '#core/observability/log.ts';
import { createGuard } from '#core/outbound/guard.ts';
import { createOutbound } from '#core/outbound/outbound.ts';
import { createPasswords } from '#core/security/passwords.ts';
import { createSecrets } from '#core/security/secrets.ts';
import { comparedWith, randomFrom, safeEqual, sha256, tokenHash } from '#core/security/tokens.ts';

const silent = createLog({ level: 'silent' });
const folder = (): string => mkdtempSync(join(tmpdir(), 'patchbay-secrets-'));

describe('hashes of tokens that are remembered', () => {
  it('are theirs, and hold nothing of the headers that they were cut out of', () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const held = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = held();
    for (let count = 0; count < 2_000; count++) {
      const header = Buffer.from(`${'x'.repeat(10_000)}; session=${String(count).padStart(43, '-')}`).toString();
      const token = header.slice(-43);
      assert.equal(tokenHash(token), sha256(token));
      assert.equal(tokenHash(token), sha256(token));
    }
    assert.ok(held() - before < 5_000_000);
  });
});

describe('secrets', () => {
  it('are made once, for nobody else to read, and are the same afterwards', () => {
    const dataDir = folder();
    const first = createSecrets({ dataDir, env: {} });
    assert.equal(statSync(join(dataDir, 'secrets.json')).mode & 0o777, 0o600);
    assert.deepEqual(createSecrets({ dataDir, env: {} }).derive('x'), first.derive('x'));
    assert.notDeepEqual(first.derive('x'), first.derive('y'));
    chmodSync(join(dataDir, 'secrets.json'), 0o644);
    assert.throws(() => createSecrets({ dataDir, env: {} }), /can be read by others/);
    chmodSync(join(dataDir, 'secrets.json'), 0o600);
    writeFileSync(join(dataDir, 'secrets.json'), 'rubbish');
    assert.throws(() => createSecrets({ dataDir, env: {} }), /is damaged/);
  });

  it('come from the environment when they are there, and must be long', () => {
    const env = { PATCHBAY_SECRET: 'x'.repeat(32) };
    assert.deepEqual(
      createSecrets({ dataDir: '/nowhere', env }).derive('a'),
      createSecrets({ dataDir: '/nowhere', env }).derive('a'),
    );
    assert.throws(() => createSecrets({ dataDir: '/nowhere', env: { PATCHBAY_SECRET: 'short' } }), /at least 32/);
  });

  it('open only what was sealed for the same purpose and context, unchanged', () => {
    const secrets = createSecrets({ dataDir: folder(), env: {} });
    const sealed = secrets.seal('p', 'hello', 'row 1');
    assert.equal(secrets.open('p', sealed, 'row 1').toString(), 'hello');
    assert.notEqual(secrets.seal('p', 'hello', 'row 1'), sealed);
    const changed = `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const open of [
      () => secrets.open('q', sealed, 'row 1'),
      () => secrets.open('p', sealed, 'row 2'),
      () => secrets.open('p', changed, 'row 1'),
      () => secrets.open('p', 'v1.x'),
    ])
      assert.throws(open);
  });
});

describe('passwords', () => {
  it('are verified, in either Unicode form, and never for an account without one', async () => {
    const passwords = createPasswords();
    const hash = await passwords.hash('caf\u00e9 secret');
    assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.equal(await passwords.verify(hash, 'cafe\u0301 secret'), true);
    assert.equal(await passwords.verify(hash, 'other'), false);
    assert.equal(await passwords.verify(null, 'nobody has this password'), false);
    assert.equal(await passwords.verify(hash, 'x'.repeat(2000)), false);
  });

  it('are compared and drawn without telling', () => {
    assert.equal(safeEqual('abc', 'abc'), true);
    assert.equal(safeEqual('abc', 'abcd'), false);
    const isSecret = comparedWith('sécret');
    assert.equal(isSecret('sécret'), true);
    for (const other of ['', 'sécre', 'sécrets', 'sEcret', 'sécré', 'secret!']) assert.equal(isSecret(other), false);
    assert.match(randomFrom('ab', 40), /^[ab]{40}$/);
  });
});

describe('time', () => {
  it('is moved by tests: timers fire in order, then listeners', async () => {
    const clock = manualClock(0);
    const seen: string[] = [];
    clock.after(200, () => seen.push(`b${clock.now()}`));
    clock.after(100, () => seen.push(`a${clock.now()}`));
    clock.after(150, () => seen.push('never'))();
    clock.onJump(() => seen.push(`jump${clock.now()}`));
    await clock.advance(500);
    assert.deepEqual(seen, ['a100', 'b200', 'jump500']);
  });

  it('does not fire timers of months at once', async () => {
    let fired = false;
    const cancel = systemClock().after(60 * 24 * 3600_000, () => {
      fired = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    cancel();
    assert.equal(fired, false);
  });

  it('grows between tries of a job, up to an hour', () => {
    assert.equal(
      backoffMs(1, () => 0.5),
      1000,
    );
    assert.equal(
      backoffMs(4, () => 0.5),
      8000,
    );
    assert.equal(
      backoffMs(50, () => 0.5),
      3600_000,
    );
  });
});

describe('the log', () => {
  it('blots out secrets wherever they stand', () => {
    const lines: string[] = [];
    const destination = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const log = createLog({ level: 'info', destination });
    log.info(
      {
        password: 'hunter2',
        body: { token: 'hunter2', deeper: { apiKey: 'hunter2' } },
        headers: { authorization: 'hunter2', 'x-api-key': 'hunter2' },
      },
      'said',
    );
    assert.ok(!lines.join('').includes('hunter2'));
    assert.match(lines.join(''), /"msg":"said"/);
  });
});

describe('outgoing HTTP', () => {
  it('knows which addresses are nobody else’s', () => {
    const guard = createGuard(['10.1.0.0/16', 'localhost', '*.inside.example']);
    for (const address of [
      '127.0.0.1',
      '10.0.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '::1',
      '::ffff:127.0.0.1',
      'fe80::1',
      'fc00::1',
      '64:ff9b::7f00:1',
      '224.0.0.1',
      '168.63.129.16',
      '::7f00:1',
      '200::1',
      'not an address',
    ]) {
      assert.equal(guard.allowsAddress(address, 80), false, address);
    }
    for (const address of ['93.184.216.34', '2606:2800:220:1::1', '10.1.2.3'])
      assert.equal(guard.allowsAddress(address, 80), true, address);
    assert.deepEqual(
      ['localhost', 'a.inside.example', 'inside.example'].map((host) => guard.allowsHost(host, 80)),
      [true, true, false],
    );
  });

  it('opens one port alone where one is named', () => {
    const guard = createGuard(['127.0.0.1:11434', '[::1]:8080', '10.0.0.0/8:443', 'gpu.internal:9000', '::2']);
    const opened = (address: string, ...ports: number[]) =>
      assert.deepEqual(
        [80, 443, 8080, 9000, 11434].filter(
          (port) => guard.allowsAddress(address, port) || guard.allowsHost(address, port),
        ),
        ports,
        address,
      );
    opened('127.0.0.1', 11434);
    opened('::1', 8080);
    opened('10.9.8.7', 443);
    opened('gpu.internal', 9000);
    opened('::2', 80, 443, 8080, 9000, 11434);
    opened('127.0.0.2');
  });

  it('reaches what the configuration names for calls of just that, and nothing else by it', async () => {
    const serve = async (answer: (path: string) => string) => {
      const made = createServer((request, response) => {
        const location = answer(request.url ?? '');
        if (location) response.writeHead(302, { location }).end();
        else response.end('hello');
      });
      await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
      return { close: () => made.close(), port: (made.address() as AddressInfo).port };
    };
    const other = await serve(() => '');
    const named = await serve((path) =>
      path === '/away' ? `http://127.0.0.1:${other.port}/` : path === '/here' ? '/' : '',
    );
    const outbound = createOutbound({ config: { allow: [] }, log: silent, clock: systemClock() });
    for (const host of ['127.0.0.1', 'localhost']) {
      const trusted = `http://${host}:${named.port}/v1`;
      const at = `http://${host}:${named.port}`;
      assert.equal((await outbound.request(`${at}/here`, { trusted })).text(), 'hello');
      assert.equal(await (await outbound.fetch({}, trusted)(at)).text(), 'hello');
      await assert.rejects(outbound.request(`${at}/away`, { trusted }), { code: 'blocked_address' });
      await assert.rejects(outbound.request(`http://${host}:${other.port}/`, { trusted }), { code: 'blocked_address' });
      await assert.rejects(outbound.request(at), { code: 'blocked_address' });
      await assert.rejects(outbound.fetch({})(at), { code: 'blocked_address' });
      await assert.rejects(outbound.check(at), { code: 'blocked_address' });
    }
    const one = createOutbound({ config: { allow: [`localhost:${named.port}`] }, log: silent, clock: systemClock() });
    assert.equal((await one.request(`http://localhost:${named.port}/`)).text(), 'hello');
    await assert.rejects(one.request(`http://localhost:${other.port}/`), { code: 'blocked_address' });
    for (const made of [outbound, one]) await made.close();
    for (const made of [named, other]) made.close();
  });

  it('refuses private targets, also by redirect and by name; follows, retries, limits', async () => {
    let tries = 0;
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url!, 'http://x');
      if (pathname === '/flaky') {
        response.statusCode = ++tries < 3 ? 503 : 200;
        return response.end('ok');
      }
      if (pathname === '/inside') return response.writeHead(302, { location: 'http://192.168.0.1/' }).end();
      if (pathname === '/circle') return response.writeHead(302, { location: '/circle' }).end();
      if (pathname === '/away')
        return response
          .writeHead(307, { location: `http://localhost:${(server.address() as AddressInfo).port}/echo` })
          .end();
      if (pathname === '/echo')
        return response.end(
          JSON.stringify({
            method: request.method,
            secrets: [request.headers.authorization, request.headers['x-auth-token'], request.headers['x-signature']],
            accept: request.headers.accept,
          }),
        );
      if (pathname === '/large') return response.end(Buffer.alloc(50_000));
      if (pathname === '/slow') return setTimeout(() => response.end(), 5_000).unref();
      return response.end('hello');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = (server.address() as AddressInfo).port;
    const at = (path: string): string => `http://127.0.0.1:${port}${path}`;
    const closed = createOutbound({ config: { allow: [] }, log: silent, clock: systemClock() });
    await assert.rejects(closed.request(at('/')), { code: 'blocked_address' });
    await assert.rejects(closed.request(`http://localhost:${port}/`), { code: 'blocked_address' });
    for (const inside of [at('/'), `http://localhost:${port}/`, 'http://[::ffff:127.0.0.1]/', 'http://2130706433/'])
      await assert.rejects(closed.check(inside), { code: 'blocked_address' }, inside);
    for (const bad of ['ftp://example.com/', 'http://me:secret@192.0.9.1/', 'no address'])
      await assert.rejects(closed.check(bad), { code: 'bad_url' }, bad);
    await closed.check('https://93.184.215.14/');
    await closed.check('https://nowhere.invalid/');
    await assert.rejects(closed.request('file:///etc/passwd'), { code: 'bad_url' });
    await assert.rejects(closed.request('http://user:pass@93.184.216.34/'), { code: 'bad_url' });
    const open = createOutbound({ config: { allow: ['127.0.0.1', 'localhost'] }, log: silent, clock: systemClock() });
    assert.equal((await open.request(at('/'))).text(), 'hello');
    await assert.rejects(open.request(at('/inside')), { code: 'blocked_address' });
    await assert.rejects(open.request(at('/circle')), { code: 'too_many_redirects' });
    await assert.rejects(open.request(at('/large'), { maxBytes: 1000 }), { code: 'too_large' });
    await assert.rejects(open.request(at('/slow'), { timeoutMs: 100 }), { code: 'timeout' });
    assert.deepEqual(
      (
        await open.request(at('/away'), {
          method: 'PUT',
          headers: { Authorization: 'secret', 'X-Auth-Token': 'secret', 'X-Signature': 'secret', Accept: 'text/csv' },
        })
      ).json(),
      { method: 'PUT', secrets: [null, null, null], accept: 'text/csv' },
    );
    assert.equal((await open.request(at('/flaky'), { retries: 3 })).status, 200);
    await open.close();
    await closed.close();
    server.close();
    server.closeAllConnections();
  });
});

describe('the mailer', () => {
  it('hands mail to a relay on the loopback address without TLS or login', async () => {
    const received: string[] = [];
    const relay = new SMTPServer({
      authOptional: true,
      logger: false,
      onData: (stream, _session, done) => {
        stream.on('data', (chunk) => received.push(String(chunk)));
        stream.on('end', () => done());
      },
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    const { port } = relay.server.address() as AddressInfo;
    const outbound = createOutbound({ config: { allow: [] }, log: silent, clock: systemClock() });
    const mailer = createMailer({
      config: {
        transport: 'smtp',
        from: 'Us <us@example.com>',
        deliverySeconds: 10,
        smtp: { host: '127.0.0.1', port, secure: false },
      },
      log: silent,
      outbound,
    });
    await mailer.send({ to: 'you@example.net', subject: 'Hello', text: 'Text' });
    assert.match(received.join(''), /From: Us <us@example.com>[\s\S]*Subject: Hello/);
    await assert.rejects(mailer.send({ to: 'you@example.net', subject: 'Hello\r\nBcc: all@example.net', text: 'x' }), {
      code: 'bad_request',
    });
    mailer.close();
    relay.close();
    await outbound.close();
  });

  it('speaks to Resend with an idempotency key', async () => {
    const seen: any[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      seen.push({
        url: request.url,
        key: request.headers['idempotency-key'],
        authorization: request.headers.authorization,
        body: JSON.parse(Buffer.concat(chunks).toString()),
      });
      response.end(JSON.stringify({ id: 'r1' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const apiBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const outbound = createOutbound({ config: { allow: ['127.0.0.1'] }, log: silent, clock: systemClock() });
    const mailer = createMailer({
      config: {
        transport: 'resend',
        from: 'us@example.com',
        deliverySeconds: 10,
        resend: { apiKey: 'k', apiBase },
      },
      log: silent,
      outbound,
    });
    assert.deepEqual(await mailer.send({ to: 'you@example.net', subject: 'S', text: 'T', idempotencyKey: 'job/1' }), {
      id: 'r1',
    });
    assert.deepEqual(
      [seen[0].url, seen[0].key, seen[0].authorization, seen[0].body.to],
      ['/emails', 'job/1', 'Bearer k', ['you@example.net']],
    );
    await outbound.close();
    server.close();
  });
});
