/** The times of a schedule, whichever way the clock goes. */
import assert from 'node:assert/strict';
import { isValidSchedule, lastTime, nextTime } from '#core/jobs/schedule.ts';

const DAY = 24 * 3600 * 1000;
const THREE = Date.UTC(2027, 0, 15, 3);

describe('a schedule', () => {
  it('came last at the moment itself, and comes next after it', () => {
    for (const [now, last] of [
      [THREE - 1, THREE - DAY],
      [THREE, THREE],
      [THREE + 1, THREE],
      [THREE + DAY - 1, THREE],
      [THREE + DAY, THREE + DAY],
      [THREE - 40 * DAY, THREE - 40 * DAY],
      [THREE, THREE],
    ] as const) {
      assert.deepEqual([lastTime('0 3 * * *', now), nextTime('0 3 * * *', now)], [last, last + DAY]);
    }
  });

  it('is valid when a time is to come', () => {
    const valid = ['0 3 * * *', '0 3 * * *', '0 0 29 2 *', '61 * * * *', '0 0 31 2 *', 'daily'].map((schedule) =>
      isValidSchedule(schedule, 0),
    );
    assert.deepEqual(valid, [true, true, true, false, false, false]);
  });

  it('of the plain kinds, which no parser is asked about, has a next time', () => {
    const minutes = ['*', '*/1', '*/59', '*/60', '0', '9', '59', '60'];
    const hours = ['*', '*/1', '*/23', '*/24', '0', '9', '19', '23', '24'];
    for (const minute of minutes) {
      for (const hour of hours) {
        for (const day of ['*', '0', '6', '7']) {
          const schedule = `${minute} ${hour} * * ${day}`;
          if (isValidSchedule(schedule, THREE)) assert.ok(nextTime(schedule, THREE) > THREE, schedule);
        }
      }
    }
  });
});
