/** What people may not see of a secret, in whatever form it comes. */
import assert from 'node:assert/strict';
import { type Bench, startBench } from './support.ts';

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
});
