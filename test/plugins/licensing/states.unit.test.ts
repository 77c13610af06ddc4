/** The table of states of a licence. */
import assert from 'node:assert/strict';
import { LICENCE_MOVES, type LicenceMove, nextStatus } from '#plugins/licensing/licences/states.ts';
import type { LicenceStatus } from '#plugins/licensing/licences/tables.ts';

const STATUSES: readonly LicenceStatus[] = ['active', 'expired', 'suspended', 'revoked'];

/** By the move, in the order of STATUSES: where it leads; null for a move that does not begin there. */
const EXPECTED: Record<LicenceMove, readonly (LicenceStatus | null)[]> = {
  expire: ['expired', null, null, null],
  reinstate: [null, 'active', null, null],
  extend: [null, 'active', null, null],
  suspend: ['suspended', 'suspended', null, null],
  suspendAbused: ['suspended', null, null, null],
  resume: [null, null, 'active', null],
  resumeOver: [null, null, 'expired', null],
  revoke: ['revoked', 'revoked', 'revoked', null],
};

describe('the states of a licence', () => {
  for (const [move, expected] of Object.entries(EXPECTED))
    it(`has ${move} begin and end where it says`, () => {
      const found = STATUSES.map((status) => nextStatus(move as LicenceMove, status));
      assert.deepEqual(found, expected);
    });

  it('has no move besides', () => {
    assert.deepEqual(Object.keys(LICENCE_MOVES).sort(), Object.keys(EXPECTED).sort());
  });

  it('has no way out of revoked, and none that stays', () => {
    for (const move of Object.keys(LICENCE_MOVES) as LicenceMove[])
      for (const status of STATUSES) {
        const next = nextStatus(move, status);
        assert.ok(next === null || (status !== 'revoked' && next !== status), `${move} from ${status}`);
      }
  });
});
