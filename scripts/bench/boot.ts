/** (c) From the start of the process to an answer of /health on an existing database, and idle memory. */
import { readFileSync } from 'node:fs';
import { type Figure, median, startPlatformProcess, temporaryFolder } from './processes.ts';

const ROUNDS = 5;
const SETTLE_MS = 3_000;

export async function measureBoot(): Promise<Figure[]> {
  const folder = temporaryFolder();
  await (await startPlatformProcess(folder.path)).stop();
  const times: number[] = [];
  let residentMb = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    const platform = await startPlatformProcess(folder.path);
    await fetch(`http://127.0.0.1:${platform.ready.http}/health`);
    times.push(performance.now() - startedAt);
    if (round === ROUNDS - 1) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      residentMb = residentMegabytes(platform.process.pid ?? 0);
    }
    await platform.stop();
  }
  folder.remove();
  const seconds = median(times) / 1000;
  return [
    {
      what: 'boot to /health on an existing database',
      value: `${seconds.toFixed(2)} s`,
      target: 'under 1.5 s',
      isMet: seconds < 1.5,
    },
    { what: 'idle memory (RSS)', value: `${residentMb} MB`, target: 'under 140 MB', isMet: residentMb < 140 },
  ];
}

function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}
