/** What people may not see of a secret, in whatever form it comes. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { textsWithin } from '#plugins/workflows/engine/texts-within.ts';
import { type Bench, definitionOf, startBench } from './support.ts';

describe('secrets in the log of an execution', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.app.stop());

  const pin = { code: 918273645, text: 'abcdefgh', short: 'abc', phrase: 'fünf "Katzen" ~ 7?' };
  const hidden: [what: string, expression: string][] = [
    ['a number', '.code'],
    ['a number in a text', '"code \\(.code)!"'],
    ['a number in base64', '(.code | tostring | @base64)'],
    ['a text', '.text'],
    ['capitals', '(.text | ascii_upcase)'],
    ['base64', '(.text | @base64)'],
    ['base64 behind one character', '("a" + .text | @base64)'],
    ['base64 behind two characters', '("ab" + .text + "c" | @base64)'],
    ['what Basic makes of it', '("ada:" + .phrase | @base64)'],
    ['an address', '(.phrase | @uri)'],
    ['JSON', '(.phrase | tojson)'],
  ];
  for (const [what, expression] of hidden) {
    it(`are hidden as ${what}`, async () => {
      await bench.admin.put('/api/platform/workflow-secrets/pin', { value: pin });
      const source = JSON.stringify(`\${ $secrets.pin | ${expression} }`);
      const published = await bench.admin.post('/api/platform/workflows', {
        definition: `document: { dsl: '1.0.0', namespace: test, name: shows, version: '1.0.0' }
use: { secrets: [pin] }
do: [ { a: { set: { it: ${source} } } } ]`,
      });
      assert.equal(published.status, 201, published.text);
      const { id, status } = await bench.run('shows');
      assert.equal(status, 'completed');
      const { it: shown } = (await bench.look(id)).output;
      assert.match(shown, /••••/);
      for (const secret of ['918273645', 'abcdefgh', 'ABCDEFGH', 'Katzen'])
        for (const text of [shown, Buffer.from(shown, 'base64').toString()]) assert.ok(!text.includes(secret), text);
    });
  }

  it('are no more and no longer than what can be looked for in everything', async () => {
    const put = (value: unknown) => bench.admin.put('/api/platform/workflow-secrets/large', { value });
    assert.equal((await put(Array(50).fill('a text'))).status, 204);
    assert.equal((await put({ a: Array(50).fill('a text'), b: 1 })).status, 400);
    assert.equal((await put('x'.repeat(100_000))).status, 400);
    await bench.publish('started', 'do: [ { a: { set: { b: 1 } } } ]');
    const run = (count: number) =>
      bench.admin.post('/api/platform/workflows/test/started/executions', {
        secrets: { s: Array(count).fill('text') },
      });
    assert.equal((await run(501)).status, 400);
    assert.equal((await run(500)).status, 202);
    const names = Array.from({ length: 51 }, (_, n) => `s${n}`);
    const definition = definitionOf('many', `use: { secrets: [${names}] }\ndo: [ { a: { set: { b: 1 } } } ]`);
    const { status, text } = await bench.admin.post('/api/platform/workflows', { definition });
    assert.equal(status, 422);
    assert.match(text, /at most 50 secrets/);
  });
});

describe('texts within a text', () => {
  it('are those that stand in it, however many are looked for', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'ä', '😀', '"'), minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), word, (texts, piece) => {
        // So long that it is not tried text by text.
        const whole = `${piece}${texts[0]}`.repeat(Math.ceil(1_100_000 / texts.length / (piece.length + 1)));
        assert.deepEqual(
          textsWithin(whole, texts),
          texts.filter((text) => whole.includes(text)),
        );
      }),
      { numRuns: 15 },
    );
  });

  it('are not looked for one by one', () => {
    const texts = Array.from({ length: 20_000 }, (_, n) => `secret number ${n}`);
    const whole = `${'lorem ipsum dolor sit amet '.repeat(10_000)}secret number 77!`;
    const { includes } = String.prototype;
    let asked = 0;
    String.prototype.includes = function (text) {
      asked++;
      return includes.call(this, text);
    };
    try {
      assert.deepEqual(textsWithin(whole, texts), ['secret number 7', 'secret number 77']);
    } finally {
      String.prototype.includes = includes;
    }
    assert.ok(asked < 100, `${asked}`);
  });
});
