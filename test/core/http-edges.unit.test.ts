/** Requests at the edges: upgrades nobody knows, files that are not new, codings, answers that break off, IPv6. */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addressGroup } from '#core/http/client-ip.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const HELLO = fileURLToPath(new URL('../fixtures/plugins/hello', import.meta.url));

/** A plugin with a page of its own and an export that fails half way. */
function pagesPlugin(): string {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-pages-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><script src="app.js"></script>');
  writeFileSync(
    join(folder, 'index.ts'),
    `import { Readable } from 'node:stream';
    async function* rows() { yield 'one\\n'; throw new Error('the rows ended early'); }
    export default { name: 'pages', summary: 's',
      staticFolders: [{ prefix: '/pages', folder: new URL('./', import.meta.url) }],
      routes: [
        { method: 'GET', path: '/broken', access: 'public', summary: 's', responses: { 200: null }, handler: () => Readable.from(rows()) },
        { method: 'GET', path: '/gone', access: 'public', summary: 's', responses: { 200: null },
          handler: () => { throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }); } },
        { method: 'POST', path: '/large', access: 'public', summary: 's', bodyLimit: 70_000_000, body: { type: 'object', properties: { text: { type: 'string' } } },
          responses: { 200: null }, handler: ({ body }) => ({ size: body.text.length }) },
      ] };`,
  );
  return folder;
}

describe('requests that are open at once', () => {
  it('are bounded for each address, and come back as the others end', async () => {
    const app = await startPlatform({
      plugins: { [HELLO]: { greeting: 'Hi' } },
      config: { http: { openRequests: { perAddress: 3, total: 10 } } },
    });
    const head = 'POST /api/hello HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n';
    const open = [1, 2, 3].map(() => connect(app.port, '127.0.0.1'));
    for (const socket of open) {
      socket.on('error', () => {});
      await new Promise<void>((resolve) => socket.write(head, () => resolve()));
    }
    let answer = await app.http.get('/health');
    while (answer.status === 200) answer = await app.http.get('/health');
    assert.deepEqual([answer.status, answer.body.code], [503, 'unavailable']);
    for (const socket of open) socket.destroy();
    while (answer.status === 503) answer = await app.http.get('/health');
    assert.equal(answer.status, 200);
    await app.stop();
  });
});

describe('large bodies', () => {
  const headOf = (bytes: number) =>
    `POST /large HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n{"text":"`;
  const text = 'x'.repeat(2_000_000);

  it('that are declared and do not come give way to those of others', async () => {
    const app = await startPlatform({ plugins: { [pagesPlugin()]: {} } });
    const idle = await answerTo(headOf(64 * 1024 * 1024));
    assert.equal((await app.http.get('/health')).status, 200);
    const other = app.http.post('/large', { text });
    while (idle.said === '') await app.clock.advance(1_000);
    assert.match(idle.said, /^HTTP\/1\.1 408 .*\r\n.*connection: close.*"code":"request_timeout"/is);
    await idle.closed;
    const { status, body } = await other;
    assert.deepEqual([status, body], [200, { size: text.length }]);
    await app.stop();

    function answerTo(head: string) {
      const socket = connect(app.port, '127.0.0.1');
      const { promise: closed, resolve: close } = Promise.withResolvers<void>();
      const answer = { said: '', closed };
      socket.once('close', () => close());
      socket
        .on('error', () => {})
        .on('data', (chunk) => {
          answer.said += chunk;
        });
      return new Promise<typeof answer>((resolve) => socket.write(head, () => resolve(answer)));
    }
  });

  it('that come slowly are waited for while they do not stop', async () => {
    const app = await startPlatform({ plugins: { [pagesPlugin()]: {} } });
    const bytes = 64 * 1024 * 1000;
    const socket = connect(app.port, '127.0.0.1').on('error', () => {});
    let said = '';
    socket.on('data', (chunk) => {
      said += chunk;
    });
    const part = Buffer.alloc(bytes / 5, 'x');
    socket.write(headOf(bytes));
    const write = (chunk: Buffer) => new Promise<void>((resolve) => socket.write(chunk, () => resolve()));
    await write(part);
    const other = app.http.post('/large', { text });
    for (let sent = 1; sent < 4; sent++) {
      await app.clock.advance(5_000);
      await write(part);
    }
    await write(Buffer.from(`${'x'.repeat(bytes - 4 * part.length - '{"text":""}'.length)}"}`));
    const { status } = await other;
    assert.equal(status, 200);
    assert.match(said, /^HTTP\/1\.1 200/);
    socket.destroy();
    await app.stop();
  });
});

describe('at the edges of HTTP', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { [HELLO]: { greeting: 'Hi' }, [pagesPlugin()]: {} } });
  });
  after(() => app.stop());

  /** The beginning of the answer to a request that no client would send. */
  function raw(request: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(app.port, '127.0.0.1', () => socket.write(request.replaceAll('\n', '\r\n')));
      socket.once('data', (chunk) => {
        socket.destroy();
        resolve(String(chunk));
      });
      socket.on('error', reject);
    });
  }

  it('ignores an upgrade that it does not know, as Java sends with each request', async () => {
    const headers =
      'Connection: Upgrade, HTTP2-Settings, close\nUpgrade: h2c\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA';
    const body = '{"name":"Ada"}';
    const post = `POST /api/hello HTTP/1.1\nHost: x\n${headers}\nContent-Type: application/json\nContent-Length: ${body.length}\n\n${body}`;
    assert.match(await raw(post), /^HTTP\/1\.1 201 /);
    const socket =
      'Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';
    for (const path of ['//', '/nowhere', '//evil.example/ws/hello']) {
      assert.match(await raw(`GET ${path} HTTP/1.1\nHost: x\n${socket}\n\n`), /^HTTP\/1\.1 404 /);
    }
  });

  it('finds a route by one spelling of its path, so that a proxy can close it', async () => {
    assert.equal((await app.http.get('/health')).status, 200);
    for (const path of ['/HEALTH', '/%68ealth', '/health/', '//health', '/health%2F'])
      assert.match(await raw(`GET ${path} HTTP/1.1\nHost: x\n\n`), /^HTTP\/1\.1 404 /, path);
  });

  it('sends a file once, and its pages may load their own scripts', async () => {
    const first = await app.http.get('/pages/index.html');
    assert.equal(first.status, 200);
    assert.match(first.headers.get('content-security-policy') ?? '', /^default-src 'self'/);
    const etag = first.headers.get('etag') ?? '';
    const modified = first.headers.get('last-modified') ?? '';
    // By hand: fetch asks for no cache along with these.
    const conditional = (header: string) => raw(`GET /pages/index.html HTTP/1.1\nHost: x\n${header}\n\n`);
    assert.match(await conditional(`If-None-Match: ${etag}`), /^HTTP\/1\.1 304 /);
    assert.match(await conditional(`If-Modified-Since: ${modified}`), /^HTTP\/1\.1 304 /);
    assert.match(await conditional('If-None-Match: "other"'), /^HTTP\/1\.1 200 /);
  });

  it('refuses a coding that it does not read by its name', async () => {
    const answer = await app.http.post('/api/hello', { name: 'x' }, { 'content-encoding': 'gzip' });
    assert.equal(answer.status, 415);
  });

  it('says 503 while the database is away, and logs an answer that broke off', async () => {
    const gone = await app.http.get('/gone');
    assert.deepEqual([gone.status, gone.headers.get('retry-after')], [503, '5']);
    const logged: unknown[] = [];
    const { log } = app.services;
    const original = log.error.bind(log);
    log.error = ((...entry: unknown[]) => void logged.push(entry)) as typeof log.error;
    await assert.rejects(app.http.get('/broken'));
    log.error = original;
    assert.match(
      JSON.stringify(logged, (_, value) => (value instanceof Error ? value.message : value)),
      /rows ended early.*broke off/,
    );
  });

  it('has a page at / that says what this is', async () => {
    const page = await app.http.get('/');
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(page.text, /href="\/docs"/);
  });

  it('counts who has a /64 as one', async () => {
    assert.equal(addressGroup('2001:db8:1:2:3:4:5:6'), addressGroup('2001:db8:1:2::1'));
    assert.notEqual(addressGroup('2001:db8:1:2::1'), addressGroup('2001:db8:1:3::1'));
    assert.equal(addressGroup('192.0.2.1'), '192.0.2.1');
    assert.equal(addressGroup('user:7'), 'user:7');
    const limit = { name: 'test.ipv6', points: 2, windowSeconds: 60 } as Parameters<
      typeof app.services.rateLimits.consume
    >[0];
    await app.services.rateLimits.consume(limit, '2001:db8::1');
    await app.services.rateLimits.consume(limit, '2001:db8::2');
    await assert.rejects(app.services.rateLimits.consume(limit, '2001:db8::3'), { code: 'rate_limited' });
  });
});
