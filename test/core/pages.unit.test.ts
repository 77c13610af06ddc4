/** What the web UI is told of plugins: entries that the caller may use, and modules that are never old. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { prepare } from '#core/configuration.ts';
import { declaredMenu } from '#core/pages/areas.ts';
import { uiRoute } from '#core/pages/ui-route.ts';
import { authConfig, keyOf, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const HELLO = fileURLToPath(new URL('../fixtures/plugins/hello', import.meta.url));

describe('GET /api/platform/ui', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, [HELLO]: {} } });
  });
  after(() => app.stop());

  async function helloFor(client: Client) {
    const { status, body, text } = await client.get('/api/platform/ui');
    assert.equal(status, 200, text);
    assert.equal(body.contract, 1);
    return body.plugins.find(({ name }: { name: string }) => name === 'hello');
  }
  const ids = (entries: { id: string }[]) => entries.map(({ id }) => id);

  it('shows everybody what they may use, and nothing else', async () => {
    const person = await register(app);
    const stranger = await helloFor(app.http);
    assert.deepEqual([ids(stranger.navigation), ids(stranger.commands), ids(stranger.cards)], [[], [], ['count']]);
    const user = await helloFor(person.http);
    assert.deepEqual([ids(user.navigation), ids(user.commands)], [['greetings'], ['greet']]);
    assert.deepEqual(user.navigation[0].title, { en: 'Greetings', zh: '问候' });
    const admin = await helloFor((await signInAdmin(app)).http);
    assert.deepEqual(ids(admin.navigation), ['greetings', 'settings']);
    const narrow = await helloFor(app.http.with(await keyOf(person, ['account:read'])));
    assert.deepEqual(ids(narrow.commands), [], 'a key sees what its scopes allow');
  });

  it('names no plugin to whom nothing of it is open', async () => {
    const { plugins } = await prepare({ env: {}, overrides: { plugins: { [HELLO]: {} } } });
    const closed = plugins.map((loaded) => ({
      ...loaded,
      plugin: { ...loaded.plugin, pages: { navigation: loaded.plugin.pages?.navigation ?? [] } },
    }));
    const { handler } = uiRoute(
      closed,
      declaredMenu(closed.map(({ plugin }) => plugin)),
      { unmetFor: async () => new Map() },
      { folders: [], addressOf: () => null },
      '1.0.0',
    );
    const shown = await handler({ principal: null } as never, app.services);
    assert.deepEqual((shown as { plugins: unknown[] }).plugins, []);
  });

  it('serves the module below an address that changes with it, for ever', async () => {
    const { module, fits } = await helloFor(app.http);
    assert.equal(fits, true);
    assert.match(module, /^\/plugins\/hello\/[\w-]{16}\/index\.js$/);
    const { status, headers, text } = await app.http.get(module);
    assert.deepEqual([status, /javascript/.test(headers.get('content-type') ?? '')], [200, true]);
    assert.match(headers.get('cache-control') ?? '', /max-age=31536000.*immutable/);
    assert.match(text, /export const contract/);
    assert.equal((await app.http.get(module.replace('index.js', '../../../package.json'))).status, 404);
  });
});
