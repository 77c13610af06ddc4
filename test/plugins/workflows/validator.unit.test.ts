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
    await steps.count('with the schema that it has', definition);
    const checked = await steps.count('with the schema that it has', definition);
    const made = await steps.count('with a schema of its own', definition);
    assert.ok(checked > 0 && checked < made / 2, `${checked} steps, and ${made} when the check is made as well`);
  });
});
