/** What a browser gets for an address, and what a program gets for the same one. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { authConfig } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'sec-fetch-dest': 'document' };

describe('the page of the web UI', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, admin: {}, workflows: {}, billing: {} } });
  });
  after(() => app.stop());

  const open = (path: string, headers: Record<string, string> = {}) => app.http.get(path, { ...BROWSER, ...headers });

  it('answers browsers at every address that nobody else has, and where plain pages were', async () => {
    for (const path of [
      '/',
      '/users',
      '/users/7?tab=keys',
      '/auth/invitation?token=x',
      '/setup',
      '/workflows/approve',
    ]) {
      const { status, headers, text } = await open(path);
      assert.deepEqual([path, status, headers.get('content-type')], [path, 200, 'text/html; charset=utf-8']);
      assert.match(text, /<div id="root">/);
      assert.equal(headers.get('cache-control'), 'no-store');
    }
  });

  it('leaves the addresses of programs, files and documents to their owners', async () => {
    for (const [path, status] of [
      ['/api/platform/nothing', 404],
      ['/api/platform/me', 401],
      ['/assets/nothing.js', 404],
      ['/hooks/a/b', 405],
      ['/openapi.json', 200],
    ] as const) {
      const answer = await open(path);
      assert.deepEqual([path, answer.status], [path, status]);
      assert.doesNotMatch(answer.text, /<div id="root">/);
    }
    assert.match((await open('/docs')).text, /swagger/i);
  });

  it('is no answer to programs', async () => {
    const unknown = await app.http.get('/users');
    assert.deepEqual([unknown.status, unknown.body.code], [404, 'not_found']);
    assert.equal((await app.http.get('/users', { accept: 'text/html', 'sec-fetch-dest': 'script' })).status, 404);
    assert.equal((await app.http.post('/users', {}, BROWSER)).status, 404);
    assert.match((await app.http.get('/setup')).text, /<form/, 'the plain page is there without the web UI');
  });

  it('allows nothing unsafe, and exactly its own import map', async () => {
    const { headers, text } = await open('/');
    const policy = headers.get('content-security-policy') ?? '';
    assert.doesNotMatch(policy, /unsafe/);
    assert.match(policy, /require-trusted-types-for 'script'/);
    const map = /<script type="importmap">(.*?)<\/script>/.exec(text)?.[1] ?? '';
    assert.ok(policy.includes(`'sha256-${createHash('sha256').update(map).digest('base64')}'`));
    assert.equal(
      [...text.matchAll(/<script(?! type="importmap")[^>]*>(?!<)/g)].length,
      0,
      'no script stands in the page',
    );
    const nonceOf = (html: string) => /name="csp-nonce" content="([^"]+)"/.exec(html)?.[1] ?? '';
    assert.ok(policy.includes(`'nonce-${nonceOf(text)}'`));
    assert.notEqual(nonceOf((await open('/')).text), nonceOf(text));
  });

  it('names at once the files that the page asked for needs, and sends them compressed and kept for ever', async () => {
    const preloaded = (html: string) =>
      [...html.matchAll(/modulepreload" href="([^"]+)"/g)].map(([, href]) => href ?? '');
    const users = preloaded((await open('/settings/people', { cookie: 'patchbay-page=x' })).text);
    const stranger = preloaded((await open('/settings/people')).text);
    assert.ok(
      users.some((file) => file.startsWith('/assets/shell-')),
      'the shell, for who may have signed in',
    );
    assert.ok(
      stranger.some((file) => file.startsWith('/assets/sign-in-')),
      'signing in, for who has not',
    );
    assert.ok(
      users.some((file) => file.startsWith('/assets/users-')),
      'the page itself',
    );
    const file = users.find((one) => one.startsWith('/assets/shell-')) ?? '';
    const answer = await app.http.get(file, { 'accept-encoding': 'br' });
    assert.deepEqual([answer.status, answer.headers.get('content-encoding')], [200, 'br']);
    assert.match(answer.headers.get('cache-control') ?? '', /immutable/);
  });
});
