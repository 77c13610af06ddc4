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

  it('ends for each that asks, in their order, and again when nobody has waited for a while', async () => {
    const patient = createPatience(MS);
    const over: string[] = [];
    const asked = async (name: string) => {
      await assert.rejects(patient(never()), LateError);
      over.push(name);
    };
    const first = asked('first');
    await patient(Promise.resolve());
    await pause(MS / 2);
    await Promise.all([first, asked('second')]);
    await asked('third');
    assert.deepEqual(over, ['first', 'second', 'third']);
  });
});
