/** The clock that tests move: what looks again and again does so a few times on a long way. */
import assert from 'node:assert/strict';
import { manualClock } from '#core/clock.ts';

const DAY_MS = 24 * 3600_000;

describe('the clock of tests', () => {
  it('looks a few times on a long way, and once at its end', async () => {
    const clock = manualClock(0);
    const looks: number[] = [];
    const look = () => {
      looks.push(clock.now());
      clock.after(1000, look);
    };
    look();
    await clock.advance(5000);
    assert.deepEqual(looks, [0, 1000, 2000, 3000, 4000, 5000]);
    looks.splice(0);
    await clock.advance(DAY_MS);
    assert.ok(looks.length < 20, `${looks.length} times`);
    assert.equal(looks.at(-1), clock.now());
    looks.splice(0);
    await clock.advance(1000);
    assert.deepEqual(looks, [clock.now()]);
  });

  it('forgets what was cancelled on the way', async () => {
    const clock = manualClock(0);
    let looks = 0;
    let cancel = () => {};
    const look = () => {
      looks++;
      cancel = clock.after(1000, look);
    };
    look();
    clock.after(20_000, () => cancel());
    await clock.advance(DAY_MS);
    assert.equal(looks, 11);
  });
});
