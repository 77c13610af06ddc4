/** What people may not see of a secret, in whatever form it comes. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maskedJson, secretTexts } from '#plugins/workflows/engine/secret-texts.ts';
import { textsWithin } from '#plugins/workflows/engine/texts-within.ts';
import { type Bench, definitionOf, startBench } from './support.ts';

describe('secrets in the log of an execution', () => {
  let bench: Bench;
  let log = '';
  before(async () => {
    bench = await startBench({
      logTo: {
        write(text) {
          log += text;
        },
      },
    });
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

  it('are hidden in the address of a call that fails, whatever it makes of them', async () => {
    const values = ['tok-zeile-42\n', 'pass/wort mit+plus', 'p\u00e4/ss:wort "x"', 'tok-a?tok-b c#tok-d e'];
    for (const [n, value] of values.entries()) {
      for (const part of ['x?key=', 'x#', '']) {
        await bench.admin.put('/api/platform/workflow-secrets/part', { value });
        await bench.publish(
          'calls',
          `use: { secrets: [part] }
do: [ { a: { call: http, with: { method: get, endpoint: '\${ "http://127.0.0.1:1/${part}" + $secrets.part }' } } } ]`,
        );
        const { error } = await bench.look((await bench.run('calls')).id);
        assert.match(error.detail, /^GET http:\/\/127\.0\.0\.1:1\/\S*••••/, `${n} ${part}`);
        for (const piece of ['tok', 'pass', 'wort', 'plus', 'ss'])
          assert.ok(!error.detail.includes(piece), `${part} ${error.detail}`);
      }
    }
  });

  it('are hidden in what the server logs of a script that nobody waits for', async () => {
    await bench.admin.put('/api/platform/workflow-secrets/told', { value: 'log-geheim-0815' });
    const script = `{ language: javascript, code: 'throw new Error(text)', arguments: { text: '\${ $secrets.told }' } }`;
    await bench.publish(
      'tells',
      `use: { secrets: [told] }\ndo: [ { a: { run: { await: false, script: ${script} } } } ]`,
    );
    await bench.run('tells');
    while (!log.includes('nobody waits for')) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.match(log, /"reason":"Error: ••••"/);
    assert.ok(!log.includes('geheim'));
  });

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

describe('JSON with secrets', () => {
  const masked = (value: unknown, ...secrets: unknown[]) => maskedJson(JSON.stringify(value), secretTexts(secrets));

  it('shows nothing of those that hold others, or overlap', () => {
    assert.equal(masked('admin-Geheim77', 'admin', 'admin-Geheim77'), '"••••"');
    assert.equal(masked('see admin-Geheim77!', 'admin', 'Geheim77', 'admin-Geheim77'), '"see ••••!"');
    assert.equal(masked('abcdefghi', 'abcdef', 'defghi'), '"••••"');
  });

  it('shows none in a name where a number has to be hidden as a whole', () => {
    const value = { 'tok-abcdefgh': 1, pin: 918273645, list: [{ '918273645': true }], open: 'as it is' };
    const shown = masked(value, 'tok-abcdefgh', 918273645);
    assert.deepEqual(JSON.parse(shown), { '••••': 1, pin: '••••', list: [{ '••••': true }], open: 'as it is' });
  });

  it('shows none without the space around it, and none that is an address', () => {
    assert.equal(masked('Bearer tok-zeile-42', 'tok-zeile-42\n'), '"Bearer ••••"');
    const address = 'https://Hooks.example.com:443/T0/geheim teil';
    assert.equal(masked(new URL(address).href, address), '"••••"');
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
