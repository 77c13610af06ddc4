/** Parses in a worker thread with bounds on time and memory; a thread that oversteps them is replaced. */
import { Worker } from 'node:worker_threads';
import { messageOf } from '#core/errors.ts';
import type { SanitizeWish } from './sanitize.ts';
import type { FoundAttachment, ParseOutcome, Request, Tasks } from './worker.ts';

export interface Parser {
  /** One outcome for each message, in order; never throws. */
  parse(raws: readonly Buffer[]): Promise<ParseOutcome[]>;
  /** One attachment; null when there is none with that index. Throws when the message cannot be parsed. */
  attachment(raw: Buffer, index: number): Promise<FoundAttachment | null>;
  /** Throws when it takes too long. */
  sanitize(wish: SanitizeWish): Promise<{ html: string; remoteImages: number }>;
  close(): Promise<void>;
}

export function createParser({ timeoutMs, memoryMb }: { timeoutMs: number; memoryMb: number }): Parser {
  let worker: Worker | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  return {
    parse: (raws) => inTurn(() => parseBatch(raws)),
    attachment: (raw, index) => inTurn(() => ask<'attachment'>({ task: 'attachment', raw, index })),
    sanitize: (wish) => inTurn(() => ask<'sanitize'>({ task: 'sanitize', ...wish })),
    async close() {
      await worker?.terminate();
      worker = null;
    },
  };

  /** One request at a time, so that a time-out is about what the thread is working on. */
  function inTurn<R>(work: () => Promise<R>): Promise<R> {
    const result = queue.then(work);
    queue = result.catch(() => {});
    return result;
  }

  /** When a batch oversteps, its messages are tried one by one, so that only the one to blame is marked. */
  async function parseBatch(raws: readonly Buffer[]): Promise<ParseOutcome[]> {
    try {
      return await ask<'parse'>({ task: 'parse', raws: [...raws] });
    } catch (error) {
      if (raws.length === 1) return [{ error: messageOf(error) }];
      const outcomes: ParseOutcome[] = [];
      for (const raw of raws) outcomes.push(...(await parseBatch([raw])));
      return outcomes;
    }
  }

  function ask<T extends keyof Tasks>(request: Request): Promise<Tasks[T]['answer']> {
    const thread = worker ?? start();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => give(new Error(`parsing took longer than ${timeoutMs} ms`)), timeoutMs);
      const give = (failure: Error): void => {
        settle();
        worker = null;
        void thread.terminate();
        reject(failure);
      };
      const answered = (message: { answer: Tasks[T]['answer'] } | { error: string }): void => {
        settle();
        if ('error' in message) reject(new Error(message.error));
        else resolve(message.answer);
      };
      const exited = (code: number): void => give(new Error(`the parser ended (${code}), probably out of memory`));
      const settle = (): void => {
        clearTimeout(timer);
        thread.off('message', answered).off('error', give).off('exit', exited);
        thread.unref();
      };
      thread.ref();
      thread.on('message', answered).on('error', give).on('exit', exited);
      thread.postMessage(request);
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
