/**
 * Where the processor's seconds of a run went: by the room whose tests asked for them, and by what they started. Not those of
 * processes that nobody waits for, as a browser's are.
 */
import { readFileSync } from 'node:fs';
import type { Outcome } from './pool.ts';

/** How Linux counts in /proc, whatever the kernel's own clock does. */
const TICKS_PER_SECOND = 100;
/** Of /proc/PID/stat after the name in brackets: what children took that have ended and were waited for (proc(5)). */
const CHILDREN_USER = 13;
const CHILDREN_SYSTEM = 14;

/** Of this process and what it started. */
export interface ProcessorTime {
  ownSeconds: number;
  /** Of those that have ended; 0 where there is no /proc. */
  childSeconds: number;
}

export function processorTime(): ProcessorTime {
  const { user, system } = process.cpuUsage();
  return { ownSeconds: (user + system) / 1e6, childSeconds: childSeconds() };
}

function childSeconds(): number {
  let stat: string;
  try {
    stat = readFileSync('/proc/self/stat', 'utf8');
  } catch {
    return 0;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[CHILDREN_USER]) + Number(fields[CHILDREN_SYSTEM])) / TICKS_PER_SECOND;
}

/** The rooms, the dearest first, each with its files and its seconds, and what PostgreSQL and the like took beside them. */
export function processorReport(outcomes: readonly Outcome[], beside: number): string {
  const rooms = new Map<string, { files: number; seconds: number }>();
  for (const { job, cpuSeconds } of outcomes) {
    const room = rooms.get(roomOf(job.file)) ?? { files: 0, seconds: 0 };
    rooms.set(roomOf(job.file), { files: room.files + 1, seconds: room.seconds + cpuSeconds });
  }
  const lines = [...rooms]
    .sort(([, one], [, other]) => other.seconds - one.seconds)
    .map(([name, { files, seconds }]) => line(seconds, `${name} (${files} files)`));
  const all = [...rooms.values()].reduce((sum, { seconds }) => sum + seconds, beside);
  return ['\n── processor seconds', ...lines, line(beside, 'PostgreSQL, checks and builds'), line(all, 'in all')].join(
    '\n',
  );
}

/** `test/plugins/mail/rules.test.ts` is of `plugins/mail`, `test/core/lists.test.ts` of `core`. */
function roomOf(file: string): string {
  const folders = file.split('/').slice(1, -1);
  return folders.slice(0, folders[0] === 'plugins' ? 2 : 1).join('/') || 'the whole house';
}

function line(seconds: number, what: string): string {
  return `${seconds.toFixed(0).padStart(7)}  ${what}`;
}
