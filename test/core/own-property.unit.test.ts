/** Names from outside are looked up among what an object holds itself. */
import assert from 'node:assert/strict';
import { getOwn } from '#core/own-property.ts';

describe('looking a name up', () => {
  it('finds what the object holds, and nothing that every object has', () => {
    const routes = { 'partner.example': '10.0.0.5', empty: '' };
    assert.deepEqual([getOwn(routes, 'partner.example'), getOwn(routes, 'empty')], ['10.0.0.5', '']);
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'nobody'])
      assert.equal(getOwn(routes, name), undefined, name);
    assert.equal(getOwn(undefined, 'name'), undefined);
  });
});
