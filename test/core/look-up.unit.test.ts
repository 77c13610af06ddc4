/** Names from outside are looked up among what an object holds itself. */
import assert from 'node:assert/strict';
import { lookUp } from '#core/look-up.ts';

describe('looking a name up', () => {
  it('finds what the object holds, and nothing that every object has', () => {
    const routes = { 'partner.example': '10.0.0.5', empty: '' };
    assert.deepEqual([lookUp(routes, 'partner.example'), lookUp(routes, 'empty')], ['10.0.0.5', '']);
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'nobody'])
      assert.equal(lookUp(routes, name), undefined, name);
    assert.equal(lookUp(undefined, 'name'), undefined);
  });
});
