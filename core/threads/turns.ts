/**
 * Work of many that runs in a few threads: each lane (a tenant) has one place at a time, and those that wait take turns. A
 * thread that takes too long over something, or too much memory, is ended with it; what else waited goes on in another one.
 */
import type { Worker, WorkerOptions } from 'node:worker_threads';
import { codeOf } from '../errors.ts';
import { startThread, type ThreadLimits } from './thread.ts';

/** The thread was ended, or has ended, over what it was at. */
export class ThreadLost extends Error {
  readonly reason: 'time' | 'memory' | 'ended';

  constructor(reason: ThreadLost['reason'], message: string) {
    super(message);
    this.name = 'ThreadLost';
    this.reason = reason;
  }
}

export interface Turns<T, R> {
  /** `lane` is whose it is. Throws ThreadLost, and what says that the work cannot be handed over, or that no thread begins. */
  run(lane: string, work: T): Promise<R>;
}

export interface TurnsOptions extends Pick<WorkerOptions, 'env' | 'workerData'> {
  /** Says `'ready'` when it has begun; answers each message with one. */
  script: URL;
  threads: number;
  limits: ThreadLimits;
  /**
   * Milliseconds of the processor after which a thread is ended over one piece of work. One that has to wait for the processor,
   * on a machine that is busy, has up to ten times as long.
   */
  longestMs: number;
}

interface Job<T, R> {
  lane: string;
  work: T;
  resolve(reply: R): void;
  reject(error: unknown): void;
}

interface Place<T, R> {
  thread: Worker;
  isReady: boolean;
  job: Job<T, R> | null;
  timer: NodeJS.Timeout | undefined;
}

const IDLE_MS = 30_000;
/** Of `longestMs`, when the processor was busy with others. */
const MOST_TIMES = 10;
/** What is quick is not watched: so much of its time counts as it passes, and asking costs nothing. */
const UNWATCHED = 0.1;
/** How soon a thread says what it took of the processor; it can do so in the middle of a loop. */
const ANSWER_MS = 1_000;

export function createTurns<T, R>({ script, threads, limits, longestMs, env, workerData }: TurnsOptions): Turns<T, R> {
  /** The lanes take turns, in the order in which they stand here. */
  const waiting = new Map<string, Job<T, R>[]>();
  const places = new Set<Place<T, R>>();
  /** The lane that had its turn last. */
  let latest: string | null = null;

  return {
    run(lane, work) {
      const { promise, resolve, reject } = Promise.withResolvers<R>();
      const queue = waiting.get(lane);
      const job: Job<T, R> = { lane, work, resolve, reject };
      if (queue) queue.push(job);
      else waiting.set(lane, [job]);
      next();
      return promise;
    },
  };

  /** Hands over what can be, and starts threads for more. */
  function next(): void {
    for (let lane = turn(); lane !== null; lane = turn()) {
      const free = [...places].find(({ isReady, job }) => isReady && job === null);
      if (!free) {
        // One that has not begun yet will ask again.
        const beginning = [...places].some(({ isReady }) => !isReady);
        if (!beginning && places.size < threads) begin();
        return;
      }
      give(free, take(lane));
    }
  }

  /** The first lane that has nothing running. Who has just had a turn and asks again is not the first for having been alone. */
  function turn(): string | null {
    const running = new Set([...places].flatMap(({ job }) => (job ? [job.lane] : [])));
    const [first, second] = [...waiting.keys()].filter((lane) => !running.has(lane));
    return (first === latest ? second : undefined) ?? first ?? null;
  }

  /** Who has just had a turn stands behind the others. */
  function take(lane: string): Job<T, R> {
    const queue = waiting.get(lane) ?? [];
    const job = queue.shift();
    if (!job) throw new Error('a lane without work');
    latest = lane;
    waiting.delete(lane);
    if (queue.length > 0) waiting.set(lane, queue);
    return job;
  }

  function give(place: Place<T, R>, job: Job<T, R>): void {
    clearTimeout(place.timer);
    try {
      place.thread.postMessage(job.work);
    } catch (error) {
      job.reject(error);
      rest(place);
      return;
    }
    place.job = job;
    place.thread.ref();
    limitTime(place, job);
  }

  function limitTime(place: Place<T, R>, job: Job<T, R>): void {
    const unwatchedMs = longestMs * UNWATCHED;
    const beganAt = performance.now();
    let before: Promise<number>;
    place.timer = setTimeout(watch, unwatchedMs);

    function watch(): void {
      before = cpuMsOf(place.thread);
      place.timer = setTimeout(check, longestMs - unwatchedMs);
    }

    async function check(): Promise<void> {
      const taken = unwatchedMs + (await cpuMsOf(place.thread)) - (await before);
      if (!places.has(place) || place.job !== job) return;
      const leftMs = Math.ceil(longestMs - taken);
      const isInTime = performance.now() - beganAt < MOST_TIMES * longestMs;
      if (leftMs > 0 && isInTime) place.timer = setTimeout(check, Math.max(leftMs, longestMs / MOST_TIMES));
      else lose(place, new ThreadLost('time', `more than ${longestMs} ms`));
    }
  }

  function begin(): void {
    const thread = startThread(script, { limits, workerData, ...(env && { env }) });
    const place: Place<T, R> = { thread, isReady: false, job: null, timer: undefined };
    places.add(place);
    thread.on('message', (message: R | 'ready') => {
      if (!places.has(place)) return;
      if (message === 'ready' && !place.isReady) place.isReady = true;
      else {
        const { job } = place;
        place.job = null;
        job?.resolve(message as R);
      }
      rest(place);
      next();
    });
    // What was done to the thread is the fault of who did it; the others go on in another one.
    thread.on('error', (error) => {
      const isMemory = codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY';
      lose(
        place,
        new ThreadLost(isMemory ? 'memory' : 'ended', error instanceof Error ? error.message : String(error)),
      );
    });
    // Nothing else than the watch on memory ends one from outside.
    thread.on('exit', () => lose(place, new ThreadLost('memory', 'more memory than it may have')));
  }

  /** Nothing to do: it does not keep the process, and is ended after a while. */
  function rest(place: Place<T, R>): void {
    clearTimeout(place.timer);
    place.thread.unref();
    place.timer = setTimeout(end, IDLE_MS, place).unref();
  }

  function lose(place: Place<T, R>, reason: ThreadLost): void {
    if (!places.has(place)) return;
    const { isReady, job } = place;
    end(place);
    job?.reject(reason);
    // One that cannot even begin would not the next time either.
    if (!isReady && places.size === 0) {
      const all = [...waiting.values()].flat();
      waiting.clear();
      for (const { reject } of all) reject(reason);
    }
    next();
  }

  function end(place: Place<T, R>): void {
    clearTimeout(place.timer);
    places.delete(place);
    void place.thread.terminate();
  }
}

/** What the thread has had of the processor until now; NaN when it cannot say (before Node 24.6). */
async function cpuMsOf(thread: Worker): Promise<number> {
  let late: NodeJS.Timeout | undefined;
  const silent = new Promise<number>((resolve) => {
    late = setTimeout(resolve, ANSWER_MS, Number.NaN);
  });
  const said = (async () => thread.cpuUsage())().then(
    ({ user, system }) => (user + system) / 1000,
    // It has ended meanwhile, or knows nothing of it.
    () => Number.NaN,
  );
  const ms = await Promise.race([said, silent]);
  clearTimeout(late);
  return ms;
}
