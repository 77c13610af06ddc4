/**
 * Every thread of the platform starts here, with a limit on its heap and one on all of its memory: what lies outside of the
 * heap (buffers, what is being unpacked) is in no limit of V8's, and is watched from outside.
 */
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { watchThread } from './memory-watch.ts';

export interface ThreadLimits {
  /** Values that live long; a thread that needs more ends with ERR_WORKER_OUT_OF_MEMORY. */
  heapMb: number;
  /** Room for new values. */
  youngMb?: number;
  /** Buffers, and what else lies outside of the heap. A thread that has more is ended, and nothing is said but its exit. */
  outsideMb?: number;
  stackMb?: number;
}

export interface ThreadOptions extends Omit<WorkerOptions, 'resourceLimits'> {
  limits: ThreadLimits;
}

const YOUNG_MB = 32;
const OUTSIDE_MB = 64;
const MB = 1024 * 1024;

/** Nothing of the environment is a thread's business but where Node keeps what it compiled, which halves the time to begin. */
const { NODE_COMPILE_CACHE } = process.env;
const CACHE_ALONE = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };

/** The rest of the environment is not handed on unless it is given. */
export function startThread(script: URL, { limits, ...options }: ThreadOptions): Worker {
  const { heapMb, youngMb = YOUNG_MB, outsideMb = OUTSIDE_MB, stackMb } = limits;
  const started = new Worker(script, {
    env: CACHE_ALONE,
    ...options,
    resourceLimits: {
      maxOldGenerationSizeMb: heapMb,
      maxYoungGenerationSizeMb: youngMb,
      ...(stackMb !== undefined && { stackSizeMb: stackMb }),
    },
  });
  watchThread(started, (heapMb + youngMb + outsideMb) * MB);
  return started;
}
