/** What a definition costs its validator after the first one. */
import assert from 'node:assert/strict';
import { createSteps, type Steps } from '#test/support/steps.ts';
import { definitionOf } from './support.ts';

describe('the validator of definitions', () => {
  let steps: Steps;
  before(() => {
    steps = createSteps(new URL('./validator-work.ts', import.meta.url));
  });
  after(() => steps.close());

  it('makes its checks once, and not for each definition', async () => {
    const definition = definitionOf('small', 'do: [ { a: { set: { v: 1 } } } ]');
    await steps.count('in the same thread', definition);
    const checked = await steps.count('in the same thread', definition);
    const made = await steps.count('in a new one', definition);
    assert.ok(checked > 0 && checked < made / 2, `${checked} steps, and ${made} when the check is made as well`);
  });

  it('looks once at what is nested without end, and reads none of it', async () => {
    for (const nested of ['['.repeat(100_000), '- '.repeat(400_000), '{a: '.repeat(100_000)]) {
      const looked = await steps.count('in the same thread', nested);
      assert.ok(looked <= 10 * nested.length, `${looked} steps for ${nested.length} characters`);
    }
  });
});
