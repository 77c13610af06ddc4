/** Which fields of requests are secrets: the schemas say so, and what shows a request asks them. */
import assert from 'node:assert/strict';
import Type from 'typebox';
import { prepare } from '#core/configuration.ts';
import { fieldsOf, secretFieldsOf } from '#core/http/secret-fields.ts';
import { builtInPlugins } from '#core/plugins.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const SOUNDS_SECRET =
  /pass(word|phrase)?$|pwd|secret|token$|otp$|challenge|credential|authorization|key$|^code$|_code$/i;
/** What names or counts something and opens nothing, each with the plugin whose field it is. */
const HARMLESS = new Set(['billing code', 'licensing code', 'workflows secrets', 'robots errorCode']);
const HARMLESS_ANYWHERE = new Set(['idempotency_key']);

describe('secret fields of requests', () => {
  it('are found wherever a body holds them', () => {
    const Inner = Type.Object({ pin: Type.String({ writeOnly: true }), name: Type.String() });
    const body = Type.Object({
      a: Type.Array(Inner),
      b: Type.Union([Type.Null(), Inner]),
      key: Type.String({ writeOnly: true }),
    });
    assert.deepEqual(secretFieldsOf([{ body }, {}]), ['key', 'pin']);
  });

  it('are marked with `writeOnly` by every route whose field sounds like one', async () => {
    const all = Object.fromEntries(builtInPlugins().map((name) => [name, {}]));
    const { plugins } = await prepare({ env: {}, overrides: { plugins: all } });
    const bare = plugins.flatMap(({ plugin: { name: plugin, routes = [] } }) =>
      routes.flatMap(({ method, path, body }) =>
        (body ? fieldsOf(body) : [])
          .filter(({ name, isSecret }) => SOUNDS_SECRET.test(name) && !isSecret)
          .filter(({ name }) => !HARMLESS_ANYWHERE.has(name) && !HARMLESS.has(`${plugin} ${name}`))
          .map(({ name }) => `${plugin}: ${name} of ${method} ${path}`),
      ),
    );
    assert.deepEqual(bare, []);
  });

  describe('of a platform', () => {
    let app: TestPlatform;
    before(async () => {
      app = await startPlatform({ plugins: { auth: {}, 'ai-replies': {}, robots: {} } });
    });
    after(() => app.stop());

    it('are told to the pages, which show requests', async () => {
      const { body } = await app.http.get('/api/platform/ui');
      for (const name of ['api_key', 'password', 'otp', 'new_password', 'secretKey', 'code'])
        assert.ok(body.secret_fields.includes(name), name);
    });
  });
});
