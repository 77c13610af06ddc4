/** SIGKILL: the process has no time for anything. `--clocks` sets its clock wrong before, in the middle of its work. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../bench/processes.ts';

const HOUR_MS = 3600_000;
const STEPS_MS = [HOUR_MS, 24 * HOUR_MS, 365 * 24 * HOUR_MS].flatMap((step) => [step, -step]);
const WRONG_FOR_MS = 1_000;

export const areClocksWrong = process.argv.includes('--clocks');
let kills = 0;

export async function kill(platform: Running): Promise<void> {
  if (areClocksWrong) await setClockWrong(platform);
  const gone = once(platform.process, 'exit');
  platform.process.kill('SIGKILL');
  await gone;
}

/** By an hour, a day and a year, ahead and back, in turn. Each other time it is right again before the process dies. */
async function setClockWrong(platform: Running): Promise<void> {
  const step = STEPS_MS[kills % STEPS_MS.length] as number;
  const isSetRight = Math.floor(kills / STEPS_MS.length) % 2 === 0;
  kills++;
  await setClock(platform, step);
  await sleep(WRONG_FOR_MS);
  if (isSetRight) {
    await setClock(platform, 0);
    await sleep(WRONG_FOR_MS);
  }
  console.log(`the clock was ${step / HOUR_MS} hours ahead${isSetRight ? ', and right again' : ' to the end'}`);
}

/** Ahead of the machine's clock, or back. */
export async function setClock({ process: child }: Running, aheadMs: number): Promise<void> {
  const isSet = once(child, 'message');
  child.send({ aheadMs });
  await isSet;
}
