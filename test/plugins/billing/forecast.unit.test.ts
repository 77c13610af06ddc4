/** What a month's use comes to, and when there is too little to say so. */
import assert from 'node:assert/strict';
import { forecastOf } from '#plugins/billing/ui/parts/forecast.ts';

const DAY_MS = 24 * 3600_000;
const end = '2026-12-01T00:00:00Z';

describe('the forecast of a month', () => {
  const start = '2026-11-21T00:00:00Z';
  const at = (days: number, used: number, limit = -1) =>
    forecastOf({ used, limit, start, end, now: Date.parse(start) + days * DAY_MS });

  it('says nothing in the first day of counting, of a handful, and of a month that is over', () => {
    assert.equal(at(0.01, 37), null);
    assert.equal(at(0.9, 500), null);
    assert.equal(at(5, 9), null);
    assert.equal(at(10, 100), null);
  });

  it('goes by what was used since counting began', () => {
    assert.deepEqual(at(2, 20), { atEnd: 100, reachedAt: null });
    assert.deepEqual(at(2, 20, 50), { atEnd: 100, reachedAt: Date.parse(start) + 5 * DAY_MS });
    assert.equal(at(2, 50, 50), null);
  });
});
