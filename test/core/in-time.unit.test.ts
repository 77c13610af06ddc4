/** Answers that many wait for, with one timer for all of them. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { createPatience, LateError } from '#core/in-time.ts';

const MS = 40;

describe('patience', () => {
  const never = () => new Promise<never>(() => {});

  it('gives what comes in time, also the failure', async () => {
    const patient = createPatience(MS);
    assert.equal(await patient(Promise.resolve(1)), 1);
    await assert.rejects(patient(Promise.reject(new TypeError('no'))), TypeError);
  });

  it('ends for each that asks when its own time is over, and no sooner', async () => {
    const patient = createPatience(MS);
    const timed = async () => {
      const began = performance.now();
      await assert.rejects(patient(never()), LateError);
      return performance.now() - began;
    };
    const first = timed();
    await patient(Promise.resolve());
    await pause(MS / 2);
    const second = timed();
    for (const took of await Promise.all([first, second])) assert.ok(took >= MS - 2, `${took} ms`);
    assert.ok((await timed()) >= MS - 2, 'and again when nobody has waited for a while');
  });
});
