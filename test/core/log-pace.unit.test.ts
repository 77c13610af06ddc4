/** When SQLite's log moves into the database: by how much of it is new. */
import assert from 'node:assert/strict';
import { createLogPace } from '#core/database/log-pace.ts';

const BYTES = 3_000_000;

describe('the pace of the log', () => {
  /** It moved a second after the time before, and has so many pages; gives when it is due after that, of these times. */
  function dueAfter(pages: number, begunAnew = false): number[] {
    const pace = createLogPace();
    pace.isDue(9_000, BYTES);
    pace.moved(9_000, 4_000);
    if (begunAnew) pace.begunAnew();
    pace.moved(10_000, pages);
    return [10_100, 10_500, 11_000, 11_499, 11_500].filter((now) => pace.isDue(now, BYTES));
  }

  it('is that of what is written, and at most a second and a half', () => {
    assert.deepEqual(dueAfter(4_010), [11_500]);
    assert.deepEqual(dueAfter(5_000), [11_000, 11_499, 11_500]);
    assert.deepEqual(dueAfter(6_000), [10_500, 11_000, 11_499, 11_500]);
  });

  it('counts from the beginning of a log that was begun anew', () => {
    assert.deepEqual(dueAfter(2_000), [10_500, 11_000, 11_499, 11_500]);
    assert.deepEqual(dueAfter(5_000, true), [10_500, 11_000, 11_499, 11_500]);
  });

  it('waits for nothing when the file grows', () => {
    const pace = createLogPace();
    pace.isDue(10_000, BYTES);
    pace.moved(10_000, 10);
    assert.deepEqual(
      [pace.isDue(10_100, BYTES), pace.isDue(10_100, BYTES + 1), pace.isDue(10_100, BYTES + 1)],
      [false, true, false],
    );
  });
});
