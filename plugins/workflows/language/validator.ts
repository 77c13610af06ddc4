/** Has definitions validated by a thread, which is started when it is needed and ends when it is not. */
import { Worker } from 'node:worker_threads';
import { Options } from './options.ts';
import type { Validated } from './validate.ts';

export interface Validation {
  definition: string | object;
  /** Names of functions that plugins offer. */
  functions: readonly string[];
  allowShell: boolean;
}

/** What the thread is asked. */
export interface ValidatorRequest extends Validation {
  id: number;
}

/** `failure` is a fault of the validator itself, not of the definition. */
export type ValidatorReply = { id: number } & ({ result: Validated } | { failure: string });

interface Asked {
  resolve(result: Validated): void;
  reject(error: Error): void;
}

const WORKER = new URL('./validator-worker.ts', import.meta.url);
/**
 * The schema of the options, without what it has beside its JSON. The thread is given it once: to make it there would double
 * the time to begin, and a copy with each request would be compiled for each.
 */
const METADATA: object = JSON.parse(JSON.stringify(Options));
/** It holds some 60 MB, and takes most of a second to begin. */
const IDLE_MS = 30_000;

let worker: Worker | null = null;
let idle: NodeJS.Timeout | undefined;
let nextId = 1;
const asked = new Map<number, Asked>();

/** Everything that is wrong with a definition, or what it says. Throws when the thread ends over it. */
export function validateDefinition(validation: Validation): Promise<Validated> {
  clearTimeout(idle);
  worker ??= start();
  const { promise, resolve, reject } = Promise.withResolvers<Validated>();
  const request: ValidatorRequest = { ...validation, id: nextId++ };
  asked.set(request.id, { resolve, reject });
  worker.ref();
  worker.postMessage(request);
  return promise;
}

function start(): Worker {
  const { NODE_COMPILE_CACHE } = process.env;
  // Nothing else of the environment is its business; the cache takes a fifth off the time to begin.
  const env = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
  const started = new Worker(WORKER, { env, workerData: METADATA });
  let reason = new Error('The validator of definitions has ended');
  started.on('message', (reply: ValidatorReply) => {
    const one = asked.get(reply.id);
    asked.delete(reply.id);
    if ('failure' in reply) one?.reject(new Error(`A definition could not be validated: ${reply.failure}`));
    else one?.resolve(reply.result);
    if (asked.size > 0) return;
    started.unref();
    idle = setTimeout(end, IDLE_MS);
    idle.unref();
  });
  started.on('error', (error) => {
    reason = error instanceof Error ? error : new Error(String(error));
  });
  started.on('exit', () => {
    if (worker !== started) return;
    worker = null;
    for (const { reject } of asked.values()) reject(reason);
    asked.clear();
  });
  return started;
}

function end(): void {
  void worker?.terminate();
  worker = null;
}
