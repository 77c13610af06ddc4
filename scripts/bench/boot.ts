/**
 * (c) From the start of the process to its first answer on an existing database, and the memory that it keeps when idle; in
 * turns with the bare program of the same libraries.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { HERE, type Serving, serve, serveBare } from './cpu/checkout.ts';
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
  const bareTimes: number[] = [];
  let bareResident = 0;
  const resident: { soon: number; later: number } = { soon: 0, later: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await timed(serveBare, bareTimes, 'the bare program: ');
    if (round === ROUNDS - 1) {
      await sleep(SOON_MS);
      bareResident = residentMegabytes(bare.pid);
    }
    await bare.stop();
    const serving = await timed(begin, times, '');
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
  const bareSeconds = median(bareTimes) / 1000;
  const ratio = (seconds / bareSeconds).toFixed(1);
  console.log(
    `        the bare program: ${bareSeconds.toFixed(2)} s, ${bareResident} MB after 5 s; the platform takes ${ratio} times as long`,
  );
  const memory = (when: string, megabytes: number, most: number): Figure => ({
    what: `resident memory, idle, ${when}`,
    value: `${megabytes} MB`,
    target: `at most ${most} MB`,
    isMet: megabytes <= most,
  });
  return [
    {
      what: 'start to the first answer on an existing database',
      value: `${seconds.toFixed(2)} s`,
      target: 'at most 0.6 s',
      isMet: seconds <= 0.6,
    },
    memory('after 5 s', resident.soon, 130),
    memory('after 60 s', resident.later, 110),
  ];
}

async function timed(begin: () => Promise<Serving>, times: number[], whose: string): Promise<Serving> {
  const startedAt = performance.now();
  const serving = await begin();
  times.push(performance.now() - startedAt);
  console.log(`        ${whose}${Math.round(times.at(-1) ?? 0)} ms, CPU ${cpuMsOf(serving.pid)} ms`);
  return serving;
}

function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}
