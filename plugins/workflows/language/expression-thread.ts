/** Has long expressions run by a thread, in turn for each tenant. It is started when it is needed and ends when it is not. */
import { Worker } from 'node:worker_threads';
import { LIMITS } from './compiled-expressions.ts';

export interface LongExpression {
  source: string;
  /** All variables that it may name. */
  names: readonly string[];
  input: unknown;
  /** Those that it does name. */
  variables: Record<string, unknown>;
  /** Characters of JSON that the result may have. */
  largest: number;
}

export type LongReply = { output: unknown } | { failure: string } | { tooLarge: true };

interface Asked {
  expression: LongExpression;
  resolve(reply: LongReply): void;
  reject(error: unknown): void;
}

const WORKER = new URL('./expression-worker.ts', import.meta.url);
const IDLE_MS = 30_000;
/** Its own limits end an expression before that; when they do not, the thread is ended with it. */
const LONGEST_MS = 4 * LIMITS.timeMs;
/** A value as large as limits allow, a few times over. */
const MEMORY_MB = 512;

/** The lanes take turns, in the order in which they stand here. */
const waiting = new Map<string, Asked[]>();
let worker: Worker | null = null;
let isReady = false;
let current: Asked | null = null;
/** The lane that had its turn last. */
let latest: string | null = null;
let timer: NodeJS.Timeout | undefined;

/** The first output. `lane` is whose expression it is. Rejects when there can be no such thread. */
export function runLong(lane: string, expression: LongExpression): Promise<LongReply> {
  const { promise, resolve, reject } = Promise.withResolvers<LongReply>();
  const queue = waiting.get(lane);
  const asked: Asked = { expression, resolve, reject };
  if (queue) queue.push(asked);
  else waiting.set(lane, [asked]);
  worker ??= start();
  worker.ref();
  next();
  return promise;
}

function start(): Worker {
  const { NODE_COMPILE_CACHE } = process.env;
  const started = new Worker(WORKER, {
    // Nothing else of the environment is its business; the cache takes a fifth off the time to begin.
    env: NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  started.on('message', (message: LongReply | 'ready') => {
    if (worker !== started) return;
    if (message === 'ready') isReady = true;
    else finish((asked) => asked.resolve(message));
    next();
  });
  // What the expression did to the thread is the expression's fault; the others go on in another one.
  started.on('error', (error) => replace(started, error instanceof Error ? error.message : String(error)));
  started.on('exit', () => replace(started, 'The thread for long expressions has ended'));
  return started;
}

/** Hands the next expression over: the first of the lane whose turn it is, which then stands behind the others. */
function next(): void {
  if (!worker || !isReady || current) return;
  clearTimeout(timer);
  const [first, second] = waiting;
  // Who has just had a turn and asks again is not the first of all for having been alone.
  const turn = second && first?.[0] === latest ? second : first;
  if (!turn) {
    worker.unref();
    timer = setTimeout(end, IDLE_MS);
    timer.unref();
    return;
  }
  const [lane, queue] = turn;
  latest = lane;
  const asked = queue.shift();
  waiting.delete(lane);
  if (queue.length > 0) waiting.set(lane, queue);
  if (!asked) {
    next();
    return;
  }
  try {
    worker.postMessage(asked.expression);
  } catch {
    asked.resolve({ failure: 'nested too deeply for a long expression' });
    next();
    return;
  }
  current = asked;
  const running = worker;
  timer = setTimeout(() => replace(running, `more than ${LIMITS.timeMs} ms`), LONGEST_MS);
}

function finish(settle: (asked: Asked) => void): void {
  clearTimeout(timer);
  const asked = current;
  current = null;
  if (asked) settle(asked);
}

function replace(broken: Worker, failure: string): void {
  if (worker !== broken) return;
  const hasBegun = isReady;
  end();
  finish((asked) => asked.resolve({ failure }));
  if (waiting.size === 0) return;
  if (hasBegun) worker = start();
  else refuseAll(failure);
}

/** A thread that cannot even begin would not the next time either. */
function refuseAll(failure: string): void {
  const all = [...waiting.values()].flat();
  waiting.clear();
  for (const { reject } of all) reject(new Error(failure));
}

function end(): void {
  const ended = worker;
  worker = null;
  isReady = false;
  clearTimeout(timer);
  void ended?.terminate();
}
