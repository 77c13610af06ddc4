/** https with certificates in files of the operator: chosen by name, read again when they change, and said when they cannot be used. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { askedToWaitUntil } from '#core/certificates/acme-order.ts';
import { troublesOf } from '#core/certificates/certificates.ts';
import { ConfigError } from '#core/errors.ts';
import { takeWarnings } from '#core/testing/warnings.ts';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import { freePort } from '#test/support/free-port.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { askByTls, seenAt } from '#test/support/tls.ts';

const LOOK_MS = 10_000;
const DAY_MS = 86_400_000;

describe('what an authority says', () => {
  it('is heeded when it names a time, and nothing else is taken for one', () => {
    const sentence =
      'too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s, retry after 2026-12-01 03:04:05 UTC: see https://letsencrypt.org/docs/rate-limits/';
    assert.equal(askedToWaitUntil(sentence), Date.UTC(2026, 11, 1, 3, 4, 5));
    for (const other of ['', 'retry after a while', 'retry after 2026-99-99 03:04:05 UTC'])
      assert.equal(askedToWaitUntil(other), null);
  });
});

describe('certificates in files', function () {
  this.timeout(60_000);
  let folder: string;
  let app: TestPlatform | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-certificates-'));
  });
  afterEach(async () => {
    await app?.stop();
    app = undefined;
    rmSync(folder, { recursive: true });
  });

  async function made(...names: string[]): Promise<{ cert: string; key: string }> {
    const altNames = names.map((value) => ({ type: 2 as const, value }));
    const extensions = [{ name: 'subjectAltName' as const, altNames }];
    const notAfterDate = new Date(Date.now() + 90 * DAY_MS);
    const pair = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
      keyType: 'ec',
      extensions,
      notAfterDate,
    });
    return { cert: pair.cert, key: pair.private };
  }
  function written(name: string, { cert, key }: { cert: string; key: string }) {
    const files = { certFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}-key.pem`) };
    writeFileSync(files.certFile, cert);
    writeFileSync(files.keyFile, key);
    return files;
  }
  const begin = (files: { certFile: string; keyFile: string }[], more: Record<string, unknown> = {}) =>
    startPlatform({ config: { http: { publicUrl: 'https://one.example', tls: { files, plainPort: null }, ...more } } });
  const namesAt = async (servername: string | undefined): Promise<string> =>
    (await seenAt(app?.port ?? 0, servername)).names;

  it('are chosen by the name that a client asks for, wildcards last', async () => {
    const one = written('one', await made('one.example'));
    const wild = written('wild', await made('*.two.example'));
    const exact = written('exact', await made('a.two.example', 'two.example'));
    app = await begin([one, wild, exact]);
    assert.equal(await namesAt('one.example'), 'DNS:one.example');
    assert.equal(await namesAt('b.two.example'), 'DNS:*.two.example');
    assert.equal(await namesAt('a.two.example'), 'DNS:a.two.example, DNS:two.example');
    for (const other of ['a.b.two.example', 'three.example', undefined])
      assert.equal(await namesAt(other), 'DNS:one.example', 'of the public address');
  });

  it('are read again when they change, and half a change is waited out', async () => {
    const files = written('one', await made('one.example'));
    app = await begin([files]);
    const { serial } = await seenAt(app.port, 'one.example');
    const next = await made('one.example');
    writeFileSync(files.certFile, next.cert);
    await app.clock.advance(LOOK_MS + 1);
    await untilError(/key values mismatch/);
    assert.equal((await seenAt(app.port, 'one.example')).serial, serial, 'its key is not there yet');
    assert.match(takeWarnings().join('\n'), /former one stays/);
    writeFileSync(files.keyFile, next.key);
    const heard = new Promise<void>((resolve) => void app?.services.certificates.onChange(resolve));
    await app.clock.advance(LOOK_MS + 1);
    await heard;
    assert.notEqual((await seenAt(app.port, 'one.example')).serial, serial);
    assert.notEqual((await seenAt(app.port, undefined)).serial, serial);
    assert.equal((await app.services.certificates.list())[0]?.error, null);
  });

  it('stop the start when they cannot be used, with the key and the reason', async () => {
    const one = await made('one.example');
    const other = written('other', { cert: one.cert, key: (await made('two.example')).key });
    for (const files of [other, { certFile: join(folder, 'none.pem'), keyFile: join(folder, 'none-key.pem') }]) {
      await assert.rejects(begin([files]), (error: Error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, /^http\.tls\.files: \S+ and \S+ cannot be used: .*(?:mismatch|ENOENT)/);
        return true;
      });
    }
  });

  it('are told of before they end, by mail and on the dashboard', async () => {
    const files = [written('one', await made('one.example'))];
    app = await startPlatform({
      plugins: { auth: authConfig },
      config: {
        http: { publicUrl: 'https://one.example', tls: { files, plainPort: null } },
        alerts: { to: ['ops@example.org'] },
      },
    });
    const told: string[] = [];
    app.services.mailer.send = async ({ subject }) => {
      told.push(subject);
      return { id: 'x' };
    };
    const troubles = async () => troublesOf((await app?.services.certificates.list()) ?? []);
    assert.deepEqual(await troubles(), []);
    await app.clock.advance(75 * DAY_MS);
    assert.deepEqual(await troubles(), []);
    await app.clock.advance(2 * DAY_MS);
    assert.deepEqual(await troubles(), ['one.example']);
    assert.equal((await app.services.certificates.list())[0]?.state, 'ending');
    for (let minute = 0; minute < 7; minute++) {
      await app.clock.advance(60_000);
      await app.platform.cron.runDue();
    }
    await app.services.jobs.idle();
    assert.deepEqual(told, ['A certificate expires or cannot be issued']);
    const ca = readFileSync(files[0]?.certFile ?? '', 'utf8');
    const asked = { host: 'one.example', path: '/api/platform/attention', token: ROOT_TOKEN, ca };
    const { items } = JSON.parse((await askByTls(app.port, asked)).text);
    assert.ok(items.some(({ id }: { id: string }) => id === 'core.certificate'));
    await app.clock.advance(14 * DAY_MS);
    assert.equal((await app.services.certificates.list())[0]?.state, 'ended');
    takeWarnings();
  });

  it('leave the plain port to send people to https, and nowhere else', async () => {
    const plainPort = await freePort();
    const files = [written('one', await made('one.example', 'two.example', '*.one.example'))];
    app = await begin(files, { tls: { files, plainPort } });
    const sent = async (host: string, path: string, method = 'GET') => {
      const { status, headers } = await plainly(plainPort, host, path, method);
      assert.equal(status, 308);
      return headers.location;
    };
    assert.equal(await sent('one.example', '/a?b=c'), 'https://one.example/a?b=c');
    assert.equal(await sent('TWO.example:80', '/', 'POST'), 'https://two.example/');
    assert.equal(await sent('evil.example', '/a'), 'https://one.example/a');
    assert.equal(await sent('shop.one.example', '/a'), 'https://shop.one.example/a');
    for (const header of ['2130706433/.one.example', 'evil#.one.example', 'evil@.one.example', 'evil?.one.example'])
      assert.equal(await sent(header, '/a'), 'https://one.example/a', header);
    assert.equal(await sent('one.example', '//evil.example/'), 'https://one.example//evil.example/');
    assert.equal(await sent('one.example', 'http://evil.example/'), 'https://one.example/');
    assert.equal(
      await sent('one.example', '/.well-known/acme-challenge/abcdefgh'),
      'https://one.example/.well-known/acme-challenge/abcdefgh',
    );
    const secure = await askByTls(app.port, {
      host: 'one.example',
      path: '/health',
      ca: readFileSync(files[0]?.certFile ?? '', 'utf8'),
    });
    assert.equal(secure.status, 200);
    assert.match(String(secure.headers['strict-transport-security']), /max-age/);
  });

  it('need a public address of https, and terms that are agreed to', async () => {
    const files = [written('one', await made('one.example'))];
    await assert.rejects(begin(files, { publicUrl: 'http://one.example' }), /publicUrl is http:.*speak https/);
    const tls = { acme: { domains: ['one.example'] } };
    await assert.rejects(startPlatform({ config: { http: { tls } } }), /acme\.agree must be true.*letsencrypt\.org/);
    for (const domain of ['*.one.example', '192.0.2.1', 'localhost', 'one.example.', 'a_b.example']) {
      const wrong = { acme: { domains: [domain], agree: true } };
      await assert.rejects(startPlatform({ config: { http: { tls: wrong } } }), /http\.tls\.acme\.domains/, domain);
    }
  });

  async function untilError(error: RegExp): Promise<void> {
    while (!error.test((await app?.services.certificates.list())?.[0]?.error ?? '')) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
});

function plainly(port: number, host: string, path: string, method: string) {
  return new Promise<{ status: number; headers: Record<string, unknown> }>((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path, method, headers: { host } }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    });
    asked.once('error', reject);
    asked.end();
  });
}
