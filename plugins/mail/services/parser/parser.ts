/** Parses in a worker thread with bounds on time and memory; a thread that oversteps them is replaced. */
import { Worker } from 'node:worker_threads';
import { messageOf } from '#core/errors.ts';
import type { ParseOutcome } from './worker.ts';

export interface Parser {
  /** One outcome for each message, in order; never throws. The messages must not be used afterwards. */
  parse(raws: readonly Buffer[]): Promise<ParseOutcome[]>;
  close(): Promise<void>;
}

export function createParser({ timeoutMs, memoryMb }: { timeoutMs: number; memoryMb: number }): Parser {
  let worker: Worker | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  return {
    parse(raws) {
      // One batch at a time, so that a time-out is about the message that the thread is working on.
      const work = queue.then(() => parseBatch(raws));
      queue = work;
      return work;
    },
    async close() {
      await worker?.terminate();
      worker = null;
    },
  };

  /** When a batch oversteps, its messages are tried one by one, so that only the one to blame is marked. */
  async function parseBatch(raws: readonly Buffer[]): Promise<ParseOutcome[]> {
    try {
      return await ask(raws);
    } catch (error) {
      if (raws.length === 1) return [{ error: messageOf(error) }];
      const outcomes: ParseOutcome[] = [];
      for (const raw of raws) outcomes.push(...(await parseBatch([raw])));
      return outcomes;
    }
  }

  function ask(raws: readonly Buffer[]): Promise<ParseOutcome[]> {
    const thread = worker ?? start();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => give(new Error(`parsing took longer than ${timeoutMs} ms`)), timeoutMs);
      const give = (failure: Error): void => {
        settle();
        worker = null;
        void thread.terminate();
        reject(failure);
      };
      const answered = (outcomes: ParseOutcome[]): void => {
        settle();
        resolve(outcomes);
      };
      const exited = (code: number): void => give(new Error(`the parser ended (${code}), probably out of memory`));
      const settle = (): void => {
        clearTimeout(timer);
        thread.off('message', answered).off('error', give).off('exit', exited);
        thread.unref();
      };
      thread.ref();
      thread.on('message', answered).on('error', give).on('exit', exited);
      thread.postMessage({ raws });
    });
  }

  function start(): Worker {
    const thread = new Worker(new URL('./worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    // Between two batches nobody listens; an error must not end the process.
    thread.on('error', () => {
      if (worker === thread) worker = null;
    });
    worker = thread;
    return thread;
  }
}
