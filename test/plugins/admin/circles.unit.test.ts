/** Built files that import each other in a circle are found, however long it is, and no others. */
import assert from 'node:assert/strict';
import { circleIn } from '#plugins/admin/web/build/circles.ts';

describe('files that import each other in a circle', () => {
  const circleOf = (imports: Record<string, string[]>) => circleIn(new Map(Object.entries(imports)));

  it('are named in their order', () => {
    assert.deepEqual(circleOf({ main: ['a'], a: ['b'], b: ['c'], c: ['a'] }), ['a', 'b', 'c', 'a']);
    assert.deepEqual(circleOf({ main: ['main'] }), ['main', 'main']);
  });

  it('are not those that several import', () => {
    assert.equal(circleOf({ main: ['a', 'b'], a: ['c'], b: ['c', 'elsewhere'], c: [] }), null);
  });
});
