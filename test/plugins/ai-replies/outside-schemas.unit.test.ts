// Schemas that callers bring are compiled, and answers checked by them, beside the server.
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { outsideCheck } from '#plugins/ai-replies/models/outside-schemas.ts';

/** Near the most that is taken: compiling it takes a good part of a second. */
const wide = {
  type: 'object',
  properties: Object.fromEntries(Array.from({ length: 240 }, (_, n) => [`p${n}`, { type: 'string', maxLength: n }])),
};

async function turnsDuring<T>(work: Promise<T>): Promise<{ turns: number; result: T }> {
  let isOver = false;
  void work.finally(() => {
    isOver = true;
  });
  let turns = 0;
  for (; !isOver; turns++) await turn();
  return { turns, result: await work };
}

describe('schemas from outside', () => {
  it('let others have their turn while they are compiled and while an answer is checked', async () => {
    const compiled = await turnsDuring(outsideCheck('one', wide));
    assert.ok(compiled.turns > 1);
    const good = await turnsDuring(compiled.result({ p5: 'short' }));
    assert.equal(good.result, null);
    assert.ok(good.turns > 1);
    const bad = (await compiled.result({ p5: 'too long' })) ?? [];
    assert.deepEqual(
      bad.map(({ path, keyword }) => ({ path, keyword })),
      [{ path: ['answer', 'p5'], keyword: 'maxLength' }],
    );
  });

  it('that are none are refused with the reason', async () => {
    await assert.rejects(outsideCheck('one', { type: 'no type' }), /That is no JSON schema/);
    await assert.rejects(outsideCheck('one', { properties: { a: 1 } }), /That is no JSON schema/);
  });
});
