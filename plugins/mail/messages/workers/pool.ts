/**
 * The pool of workers. Everything that reads what strangers wrote runs here, in worker threads with bounds on time and memory. A thread that
 * oversteps them is ended: the request that ran in it fails, the others of that thread begin anew in the next one.
 * The first thread is for small mail alone; long work takes turns in the others, so that neither holds up the other.
 */
import type { Worker } from 'node:worker_threads';
import { codeOf, messageOf, startThread } from '#core/kit.ts';
import type { Resolve } from './resolve.ts';
import { type FromThread, MARK, type Task, type TaskName, type Tasks, type ToThread } from './tasks.ts';

/** `quick`: small mail, many at a time. The others are long; they take turns. */
export type Lane = 'quick' | 'large' | 'people' | 'sending';

/** The request took too long or ended its thread. What else is thrown is about the message. */
export class Overstepped extends Error {}

/** The bytes were not where they were said to lie: what is no place may be tried. */
export class Unreadable extends Error {}

/** The threads were closed under the request. */
export class WorkersClosed extends Error {}

export interface WorkerPool {
  /** Throws `Overstepped`, `Unreadable`, `WorkersClosed`, or an Error that says what is wrong with what was given. */
  run<T extends TaskName>(lane: Lane, task: T, given: Tasks[T]['given']): Promise<Tasks[T]['answer']>;
  /** Ends the threads; what they were at fails. */
  close(): Promise<void>;
}

export interface WorkerPoolOptions {
  threads: number;
  /** Longest time of one request, time at the name service not counted. */
  timeoutMs: number;
  memoryMb: number;
  resolve: Resolve;
  /** Longest time at the name service for one request, and as long again for the policies of its author. */
  resolveMs: number;
}

/** What the author's domain publishes has a time of its own: who forges it has other servers, which may answer as late as they like. */
type Asked = 'policy' | 'rest';

interface Pending {
  id: number;
  lane: Lane;
  work: Task;
  resolve(answer: unknown): void;
  reject(error: Error): void;
  /** Questions to the name service without an answer. */
  asking: number;
  resolveUntil: Record<Asked, number | null>;
  /** How often its thread was ended because of another request. */
  losses: number;
}

interface Slot {
  isForQuick: boolean;
  thread: Worker | null;
  given: Map<number, Pending>;
  /** What it is told next. */
  untold: ToThread[];
  marks: Int32Array;
  /** The turn that was seen last, and since when. */
  turn: number;
  since: number;
}

/** Mail up to this size is small. */
export const SMALL_BYTES = 64 * 1024;
/** Small mail that takes longer is looked at again among the large. */
const QUICK_MS = 1_000;
/** So many small mails are handed to a thread before it has answered, which saves waiting for the main thread. */
const AHEAD = 16;
/** So many of one thread may wait for the name service. */
const MOST_GIVEN = 400;
const MOST_LOSSES = 5;
const WATCH_MS = 50;
const LONG_LANES = ['large', 'people', 'sending'] as const;

export function laneOf(sizeBytes: number): Lane {
  return sizeBytes <= SMALL_BYTES ? 'quick' : 'large';
}

export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const queues: Record<Lane, Pending[]> = { quick: [], large: [], people: [], sending: [] };
  const slots = Array.from({ length: options.threads }, (_, index) => emptySlot(index === 0 && options.threads > 1));
  let lastId = 0;
  let lastLong = 0;
  let isAssigning = false;
  let watch: NodeJS.Timeout | null = null;

  return {
    run(lane, task, given) {
      return new Promise((resolve, reject) => {
        lastId = (lastId % 0x7fff_fffe) + 1;
        const work = { task, given } as Task;
        const state = { asking: 0, resolveUntil: { policy: null, rest: null }, losses: 0 };
        queues[lane].push({ id: lastId, lane, work, resolve: resolve as Pending['resolve'], reject, ...state });
        assignSoon();
      });
    },
    async close() {
      const closed = new WorkersClosed('the parser was closed');
      for (const lane of Object.keys(queues) as Lane[]) for (const one of queues[lane].splice(0)) one.reject(closed);
      const threads = slots.map((slot) => {
        for (const one of slot.given.values()) one.reject(closed);
        return detach(slot);
      });
      stopWatching();
      await Promise.all(threads.map((thread) => thread?.terminate()));
    },
  };

  /** What is asked for at one moment is handed over together. */
  function assignSoon(): void {
    if (isAssigning) return;
    isAssigning = true;
    queueMicrotask(() => {
      isAssigning = false;
      assign();
    });
  }

  function assign(): void {
    for (const slot of slots) {
      for (let next = nextFor(slot); next; next = nextFor(slot)) give(slot, next);
      if (slot.untold.length > 0) slot.thread?.postMessage(slot.untold.splice(0));
    }
    if (!watch && slots.some(({ given }) => given.size > 0)) watch = setInterval(check, WATCH_MS);
  }

  function nextFor(slot: Slot): Pending | undefined {
    if (slot.given.size >= MOST_GIVEN) return undefined;
    const active = [...slot.given.values()].filter(({ asking }) => asking === 0);
    if (active.some(({ lane }) => lane !== 'quick')) return undefined;
    const isLongNext = !slot.isForQuick && LONG_LANES.some((lane) => queues[lane].length > 0);
    if (isLongNext) return active.length === 0 ? nextLong() : undefined;
    return active.length < AHEAD ? queues.quick.shift() : undefined;
  }

  function nextLong(): Pending | undefined {
    for (let tried = 0; tried < LONG_LANES.length; tried++) {
      lastLong = (lastLong + 1) % LONG_LANES.length;
      const lane = LONG_LANES[lastLong];
      const next = lane && queues[lane].shift();
      if (next) return next;
    }
    return undefined;
  }

  function give(slot: Slot, pending: Pending): void {
    const thread = slot.thread ?? start(slot);
    pending.asking = 0;
    slot.given.set(pending.id, pending);
    thread.ref();
    slot.untold.push({ id: pending.id, ...pending.work });
  }

  function start(slot: Slot): Worker {
    Object.assign(slot, { marks: new Int32Array(new SharedArrayBuffer(8)), turn: 0, since: performance.now() });
    const thread = startThread(new URL('./worker.ts', import.meta.url), {
      workerData: { marks: slot.marks },
      env: { ...process.env },
      // The bytes of mails, and of what is in them, lie outside of the heap.
      limits: { heapMb: options.memoryMb, outsideMb: 2 * options.memoryMb },
    });
    slot.thread = thread;
    thread.on('message', (messages: readonly FromThread[]) => {
      for (const message of messages) if (slot.thread === thread) receive(slot, thread, message);
      assign();
    });
    // Also between two requests: an error that nobody hears would end the process.
    thread.on('error', (error) => lose(slot, thread, `the parser failed: ${messageOf(error)}`));
    thread.on('exit', () => lose(slot, thread, 'the parser ended, probably out of memory'));
    return thread;
  }

  function receive(slot: Slot, thread: Worker, message: FromThread): void {
    const pending = slot.given.get(message.id);
    if ('question' in message) {
      if (pending) void ask(slot, thread, pending, message);
      return;
    }
    slot.given.delete(message.id);
    if (slot.given.size === 0) thread.unref();
    if ('failure' in message) {
      pending?.reject(message.isUnreadable ? new Unreadable(message.failure) : new Error(message.failure));
    } else pending?.resolve(message.answer);
  }

  /** The name service gets a limited time for each request, whatever it is asked. */
  async function ask(
    slot: Slot,
    thread: Worker,
    pending: Pending,
    { question, name, type }: Extract<FromThread, { question: number }>,
  ): Promise<void> {
    pending.asking++;
    const asked: Asked = name.toLowerCase().startsWith('_dmarc.') ? 'policy' : 'rest';
    const until = pending.resolveUntil[asked] ?? performance.now() + options.resolveMs;
    pending.resolveUntil[asked] = until;
    assign();
    const records = await inTime(until, () => options.resolve(name, type));
    pending.asking--;
    if (slot.thread === thread) thread.postMessage([{ question, ...records } satisfies ToThread]);
  }

  function check(): void {
    if (slots.every(({ given }) => given.size === 0)) stopWatching();
    const now = performance.now();
    for (const slot of slots) {
      const { thread, marks } = slot;
      const turn = Atomics.load(marks, MARK.turns);
      const culprit = slot.given.get(Atomics.load(marks, MARK.running));
      if (!thread || !culprit || turn !== slot.turn) Object.assign(slot, { turn, since: now });
      else if (now - slot.since > limitOf(culprit)) {
        lose(slot, thread, `it took longer than ${limitOf(culprit)} ms`);
      }
    }
  }

  function limitOf({ lane }: Pending): number {
    return lane === 'quick' ? Math.min(QUICK_MS, options.timeoutMs) : options.timeoutMs;
  }

  /** The thread is gone or has to go: who ran in it is to blame, the others go to the front of their queues. */
  function lose(slot: Slot, thread: Worker, reason: string): void {
    if (slot.thread !== thread) return;
    const blamed = slot.given.get(Atomics.load(slot.marks, MARK.running));
    const others = [...slot.given.values()].filter((one) => one !== blamed);
    void detach(slot)?.terminate();
    blamed?.reject(new Overstepped(reason));
    for (const one of others.reverse()) {
      one.losses++;
      if (one.losses > MOST_LOSSES) one.reject(new Overstepped(reason));
      else queues[one.lane].unshift(one);
    }
    assign();
  }

  function detach(slot: Slot): Worker | null {
    const { thread } = slot;
    slot.thread = null;
    slot.untold = [];
    slot.given.clear();
    return thread;
  }

  function stopWatching(): void {
    if (watch) clearInterval(watch);
    watch = null;
  }
}

function emptySlot(isForQuick: boolean): Slot {
  return { isForQuick, thread: null, given: new Map(), untold: [], marks: new Int32Array(2), turn: 0, since: 0 };
}

async function inTime(until: number, resolve: () => ReturnType<Resolve>) {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const error = Object.assign(new Error('the name service was too slow'), { code: 'ETIMEOUT' });
    timer = setTimeout(() => reject(error), Math.max(0, until - performance.now()));
  });
  try {
    return { records: await Promise.race([resolve(), tooLate]) };
  } catch (error) {
    return { error: { code: codeOf(error) || 'ESERVFAIL', message: messageOf(error) } };
  } finally {
    clearTimeout(timer);
  }
}
