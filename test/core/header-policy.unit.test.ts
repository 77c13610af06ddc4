/** What browsers may do with answers: strict where nothing is declared, as declared elsewhere, and strict for every error. */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HeaderPolicy, headersOf } from '#core/http/header-policy.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const STRICT = {
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Routes and folders that declare what the pages of an interface need. */
function framesPlugin(): string {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-frames-'));
  for (const name of ['index.html', 'app.js', 'picture.svg']) writeFileSync(join(folder, name), '<p>hello</p>');
  writeFileSync(
    join(folder, 'index.ts'),
    `const folder = new URL('./', import.meta.url);
    const plain = { method: 'GET', access: 'public', summary: 's', responses: { 200: null } };
    const mail = { framing: 'same-origin', contentSecurityPolicy: "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'" };
    export default { name: 'frames', summary: 's',
      staticFolders: [
        { prefix: '/plain', folder },
        { prefix: '/hashed', folder, fallback: 'index.html', headers: {
          caching: { seconds: 31536000, shared: true, immutable: true }, contentSecurityPolicy: "default-src 'self'",
          framing: ['https://app.example.com'] } },
      ],
      routes: [
        { ...plain, path: '/strict', handler: () => ({}) },
        { ...plain, path: '/mail', headers: mail, handler: () => ({}) },
        { ...plain, path: '/kept', headers: { caching: { seconds: 60 }, embedding: 'cross-origin', opener: 'unsafe-none',
          referrer: 'strict-origin' }, handler: () => ({}) },
        { ...plain, path: '/long', isCompressed: true, handler: () => ({ text: 'long '.repeat(1000) }) },
        { ...plain, path: '/short', isCompressed: true, handler: () => ({ text: 'short' }) },
        { ...plain, path: '/breaks', headers: { ...mail, caching: { seconds: 60, shared: true } },
          handler: ({ ctx }) => { ctx.set('cache-control', 'public'); throw new Error('broken'); } },
      ] };`,
  );
  return folder;
}

describe('headers for browsers', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { [framesPlugin()]: {} } });
  });
  after(() => app.stop());

  const headers = async (path: string, names = Object.keys(STRICT)) => {
    const answer = await app.http.get(path);
    return Object.fromEntries(names.map((name) => [name, answer.headers.get(name)]));
  };

  it('are strict where a route declares nothing, and for what is not there', async () => {
    assert.deepEqual(await headers('/strict'), STRICT);
    assert.deepEqual(await headers('/nowhere'), STRICT);
  });

  it('say that a long answer is compressed, where its route says so and the caller takes it', async () => {
    const encoding = async (path: string, taken: string) => {
      const answer = await app.http.get(path, { 'accept-encoding': taken });
      const { headers: said } = answer;
      return [said.get('content-encoding'), said.get('vary'), said.get('content-type')];
    };
    const json = 'application/json; charset=utf-8';
    assert.deepEqual(await encoding('/long', 'gzip, br'), ['br', 'accept-encoding', json]);
    assert.deepEqual(await encoding('/long', 'gzip'), ['gzip', 'accept-encoding', json]);
    assert.deepEqual(await encoding('/long', 'identity'), [null, 'accept-encoding', json]);
    assert.deepEqual(await encoding('/short', 'br'), [null, null, json]);
  });

  it('of a route may be others: framing and policy of a mail, say', async () => {
    assert.deepEqual(await headers('/mail'), {
      ...STRICT,
      'x-frame-options': 'SAMEORIGIN',
      'content-security-policy':
        "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    });
    assert.deepEqual(await headers('/kept'), {
      ...STRICT,
      'cache-control': 'private, max-age=60',
      'cross-origin-resource-policy': 'cross-origin',
      'cross-origin-opener-policy': 'unsafe-none',
      'referrer-policy': 'strict-origin',
    });
  });

  it('are strict again when the route fails', async () => {
    assert.deepEqual(await headers('/breaks'), STRICT);
  });

  it('of files let pages load what comes from here, and scripts and pictures nothing', async () => {
    const { 'cache-control': kept, 'content-security-policy': policy } = await headers('/plain/index.html');
    assert.deepEqual(
      [kept, policy],
      ['public, max-age=0', "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"],
    );
    assert.equal((await headers('/plain/picture.svg'))['content-security-policy'], STRICT['content-security-policy']);
    assert.deepEqual(await headers('/plain/missing.js'), STRICT);
  });

  it('of a folder may be others', async () => {
    const page = await headers('/hashed/some/page');
    assert.equal(page['content-security-policy'], "default-src 'self'; frame-ancestors https://app.example.com");
    assert.equal(page['x-frame-options'], null);
    const script = await headers('/hashed/app.js');
    assert.equal(script['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal(script['content-security-policy'], "default-src 'none'; frame-ancestors https://app.example.com");
  });

  it('that cannot be meant stop the start', () => {
    const refused: [HeaderPolicy, RegExp][] = [
      [{ contentSecurityPolicy: "frame-ancestors 'self'" }, /say in `framing`/],
      [{ contentSecurityPolicy: "default-src 'self'\r\nx: y" }, /one line/],
      [{ framing: ['app.example.com'] }, /'app.example.com' is no origin/],
      [{ framing: ["https://a.example; script-src 'unsafe-inline'"] }, /is no origin/],
    ];
    for (const [policy, message] of refused) assert.throws(() => headersOf(policy, 'GET /x'), message);
  });
});
