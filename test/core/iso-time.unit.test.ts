/** Times as the documents show them are those that the platform's own Date would write. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isoSeconds } from '#core/iso-time.ts';

const LAST_MS = 8_640_000_000_000_000;

describe('isoSeconds', () => {
  it('says what Date says, without milliseconds, whatever was asked for before', () => {
    const time = fc.oneof(
      fc.integer({ min: -LAST_MS, max: LAST_MS }),
      fc.integer({ min: Date.UTC(2026, 1, 27), max: Date.UTC(2026, 2, 2) }),
    );
    fc.assert(
      fc.property(time, (ms) => {
        assert.equal(isoSeconds(ms), new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps a time that is none within what a date can be', () => {
    assert.equal(isoSeconds(1e300), '+275760-09-13T00:00:00Z');
    assert.equal(isoSeconds(-1e300), '-271821-04-20T00:00:00Z');
  });
});
