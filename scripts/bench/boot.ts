/** (c) From the start of the process to its first answer on an existing database, and the memory that it keeps when idle. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { HERE, serve } from './cpu/checkout.ts';
import { cpuMsOf } from './cpu/process-time.ts';
import { type Figure, median, temporaryFolder } from './processes.ts';

const ROUNDS = 5;
const SOON_MS = 5_000;
const LATER_MS = 60_000;

export async function measureBoot(): Promise<Figure[]> {
  const folder = temporaryFolder();
  const begin = () => serve({ folder: HERE, name: 'here' }, folder.path);
  await (await begin()).stop();
  const times: number[] = [];
  const resident: { soon: number; later: number } = { soon: 0, later: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    const serving = await begin();
    times.push(performance.now() - startedAt);
    console.log(`        ${Math.round(times.at(-1) ?? 0)} ms, CPU ${cpuMsOf(serving.pid)} ms`);
    if (round === ROUNDS - 1) {
      await sleep(SOON_MS);
      resident.soon = residentMegabytes(serving.pid);
      await sleep(LATER_MS - SOON_MS);
      resident.later = residentMegabytes(serving.pid);
    }
    await serving.stop();
  }
  folder.remove();
  const seconds = median(times) / 1000;
  const memory = (when: string, megabytes: number, most: number): Figure => ({
    what: `resident memory, idle, ${when}`,
    ...{ value: `${megabytes} MB`, target: `at most ${most} MB`, isMet: megabytes <= most },
  });
  return [
    {
      what: 'start to the first answer on an existing database',
      ...{ value: `${seconds.toFixed(2)} s`, target: 'at most 0.6 s', isMet: seconds <= 0.6 },
    },
    memory('after 5 s', resident.soon, 130),
    memory('after 60 s', resident.later, 110),
  ];
}

function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}
