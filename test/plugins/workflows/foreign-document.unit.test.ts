/** Documents that servers outside send hold up nobody. */
import assert from 'node:assert/strict';
import { readDocument } from '#plugins/workflows/calls/foreign-document.ts';

describe('a document of a server outside', () => {
  it('is JSON or YAML', async () => {
    const wanted = { openapi: '3.0.0', paths: { '/pets': {} } };
    assert.deepEqual(await readDocument(JSON.stringify(wanted)), wanted);
    assert.deepEqual(await readDocument('openapi: 3.0.0\npaths:\n  /pets: {}\n'), wanted);
    await assert.rejects(readDocument('paths: [ unclosed'));
  });

  it('of very many keys is read while others are served', async () => {
    let turns = 0;
    const others = setInterval(() => turns++, 10);
    const keys = Array.from({ length: 20_000 }, (_, n) => `k${n}: 1`);
    const read = await readDocument(keys.join('\n')).finally(() => clearInterval(others));
    assert.equal(Object.keys(read as object).length, 20_000);
    assert.ok(turns > 5, `others had ${turns} turns`);
  }).timeout(20_000);

  it('that is too long, too deep or endless is refused', async () => {
    await assert.rejects(readDocument('- a\n'.repeat(600_000)), /more than/);
    await assert.rejects(readDocument('['.repeat(1_000)), /too deeply/);
    const lists = Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`);
    await assert.rejects(readDocument(['a0: &a0 [1]', ...lists].join('\n')), /alias/i);
  });

  it('that is wrong keeps the next one from nothing', async () => {
    const [wrong, right] = await Promise.allSettled([readDocument('a: b: c'), readDocument('a: 1')]);
    assert.deepEqual([wrong.status, right.status], ['rejected', 'fulfilled']);
  });
});
