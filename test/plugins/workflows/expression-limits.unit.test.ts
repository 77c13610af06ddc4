/** What compiling expressions may cost everybody else: time of the thread that serves them, and memory. */
import assert from 'node:assert/strict';
import { TRIED_EXPRESSIONS } from '#plugins/workflows/definitions/routes/expressions.ts';
import { knownOf } from '#plugins/workflows/language/compiled-expressions.ts';
import { authConfig, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const ROUTE = '/api/platform/workflows/try-expression';

describe('limits on expressions', () => {
  let app: TestPlatform;
  before(async () => {
    const config = { http: { rateLimit: { enabled: true } } };
    app = await startPlatform({ plugins: { auth: authConfig, workflows: {} }, config });
  });
  after(() => app.stop());

  it('let a tenant try so many characters in a minute, however many keys it has, and others all the same', async () => {
    const [one, other] = [await register(app), await register(app)];
    const keys = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const { body } = await one.http.post('/api/v2/api-keys', { name, scopes: ['workflows:manage'] });
        return app.http.apiKey(body.raw_key);
      }),
    );
    const expression = `"${'x'.repeat(19_900)}"`;
    const affordable = Math.floor(TRIED_EXPRESSIONS.points / 40);
    for (let count = 0; count < affordable; count++) {
      const { status } = await keys[count % 2]!.post(ROUTE, { expression });
      assert.equal(status, 200);
    }
    for (const key of keys) assert.equal((await key.post(ROUTE, { expression })).status, 429);
    assert.equal((await other.http.post(ROUTE, { expression })).status, 200);
  });

  it('keep what is compiled by its length too, and the newest of it', () => {
    const short = knownOf('.kept', []);
    assert.equal(knownOf('.kept', []), short);
    const long = (n: number) => `"${'x'.repeat(19_000)}${n}"`;
    for (let n = 0; n < 40; n++) knownOf(long(n), []);
    assert.notEqual(knownOf('.kept', []), short);
    assert.equal(knownOf(long(39), []), knownOf(long(39), []));
  });
});
