/**
 * The real memory of the process and of its threads, looked at a few times in a second while there are threads. A thread that
 * has more than it may is ended; when the process has more than the machine can bear, the greediest is.
 */

import { totalmem } from 'node:os';
import { constrainedMemory, memoryUsage } from 'node:process';
import type { Worker } from 'node:worker_threads';

interface Measured {
  thread: Worker;
  mostBytes: number;
  bytes: number;
}

const LOOK_MS = 200;
/** Threads are asked for their memory when the process has grown by so much since they were asked. */
const GROWTH_BYTES = 32 * 1024 * 1024;
/** To end a smaller one would help nobody. */
const GREEDY_BYTES = 48 * 1024 * 1024;
/** One that is at work answers within a millisecond, also in the middle of a loop. */
const ANSWER_MS = 100;
/** Of the memory that there is for all. */
const SHARE = 0.8;

const watched = new Map<Worker, number>();
let timer: NodeJS.Timeout | undefined;
let isLooking = false;
let measuredAt = 0;
let mostOfProcess = defaultLimit();

function defaultLimit(): number {
  const given = constrainedMemory() ?? 0;
  return SHARE * (given > 0 ? Math.min(given, totalmem()) : totalmem());
}

/** Memory of the process above which its greediest thread is ended. Gives what puts it back. */
export function limitProcessMemory(bytes: number): () => void {
  mostOfProcess = bytes;
  return () => {
    mostOfProcess = defaultLimit();
  };
}

/** Until it ends. `mostBytes` is all of its memory, in and outside of its heap. */
export function watchThread(thread: Worker, mostBytes: number): void {
  watched.set(thread, mostBytes);
  thread.once('exit', () => {
    watched.delete(thread);
    if (watched.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  });
  timer ??= setInterval(() => void check(), LOOK_MS).unref();
}

async function check(): Promise<void> {
  const resident = memoryUsage.rss();
  measuredAt = Math.min(measuredAt, resident);
  if (isLooking || (resident <= mostOfProcess && resident - measuredAt < GROWTH_BYTES)) return;
  isLooking = true;
  measuredAt = resident;
  try {
    const threads = await Promise.all([...watched].map(([thread, mostBytes]) => measured(thread, mostBytes)));
    for (const { thread } of tooLarge(threads, resident)) void thread.terminate();
  } finally {
    isLooking = false;
  }
}

/** Those that have more than they may; otherwise the greediest, if the process has more than it may. */
function tooLarge(threads: readonly Measured[], resident: number): readonly Measured[] {
  const over = threads.filter(({ bytes, mostBytes }) => Number.isFinite(bytes) && bytes > mostBytes);
  if (over.length > 0 || resident <= mostOfProcess) return over;
  return threads
    .filter(({ bytes }) => bytes > GREEDY_BYTES)
    .sort((one, other) => other.bytes - one.bytes)
    .slice(0, 1);
}

/** One that does not answer is in the middle of something that cannot be interrupted: it has, for all that is known, everything. */
async function measured(thread: Worker, mostBytes: number): Promise<Measured> {
  let late: NodeJS.Timeout | undefined;
  const silent = new Promise<number>((resolve) => {
    late = setTimeout(resolve, ANSWER_MS, Number.POSITIVE_INFINITY);
  });
  try {
    return { thread, mostBytes, bytes: await Promise.race([bytesOf(thread), silent]) };
  } catch {
    // It has ended meanwhile.
    return { thread, mostBytes, bytes: 0 };
  } finally {
    clearTimeout(late);
  }
}

async function bytesOf(thread: Worker): Promise<number> {
  const { total_heap_size, external_memory, malloced_memory } = await thread.getHeapStatistics();
  return total_heap_size + external_memory + malloced_memory;
}
