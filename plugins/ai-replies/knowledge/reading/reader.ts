/**
 * Has documents read by threads with limits on time and memory: what a hostile one does, it does to its thread. Small texts are
 * read one after the other by a thread that stays, for a thread takes a hundred times as long to begin as most texts take to be
 * read. Whatever else it is, and what that thread does not get done, has a thread of its own.
 */
import { codeOf, createTurns, startThread, ThreadLost } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../../config.ts';
import type { ReadOrder, ReadReply } from './reading.ts';

export interface DocumentReader {
  /** What it says, or why not, in words. Rejects with the reason of the signal alone. `lane` is whose it is. */
  read(order: Omit<ReadOrder, 'limits'> & { lane?: string }, signal: AbortSignal): Promise<ReadReply>;
}

const WORKER = new URL('./worker.ts', import.meta.url);
const STAYING = new URL('./staying-worker.ts', import.meta.url);
const MOST_CHUNKS = 20_000;
/** Bytes of the document itself, and of libraries. */
const OUTSIDE_MB = 128;
const SMALL_BYTES = 256 * 1024;
/** Of tenants at once; each has one place at a time. */
const STAYING_THREADS = 2;
const STAYING_MB = 128;
/** A small text takes milliseconds. What takes longer is read alone, for as long as the configuration says. */
const SOON_MS = 3_000;

export function createDocumentReader({ clock, config }: Services & { config: AiRepliesConfig }): DocumentReader {
  const { seconds, memoryMb, maxPages, maxUnzippedMb } = config.knowledge;
  const limits = { maxPages, maxUnzippedBytes: maxUnzippedMb * 1024 * 1024, maxChunks: MOST_CHUNKS };
  const staying = createTurns<ReadOrder, ReadReply | null>({
    script: STAYING,
    threads: STAYING_THREADS,
    limits: { heapMb: Math.min(memoryMb, STAYING_MB), stackMb: 4, outsideMb: OUTSIDE_MB },
    longestMs: Math.min(SOON_MS, seconds * 1000),
  });

  return {
    async read({ lane = '', ...asked }, signal) {
      signal.throwIfAborted();
      const order: ReadOrder = { ...asked, limits };
      const isSmall = order.bytes.length <= SMALL_BYTES;
      const found = isSmall ? await inTime(signal, () => readSoon(lane, order)) : null;
      return found ?? inTime(signal, (ended) => readAlone(order, ended));
    },
  };

  /** Null for what has to be read alone. */
  async function readSoon(lane: string, order: ReadOrder): Promise<ReadReply | null> {
    try {
      return await staying.run(lane, order);
    } catch (error) {
      // Who is to blame will be told by a thread of its own.
      if (error instanceof ThreadLost) return null;
      throw error;
    }
  }

  function readAlone(workerData: ReadOrder, ended: AbortSignal): Promise<ReadReply> {
    const { promise, resolve } = Promise.withResolvers<ReadReply>();
    const worker = startThread(WORKER, {
      workerData,
      // What libraries print is nobody's business.
      stdout: true,
      stderr: true,
      limits: { heapMb: memoryMb, youngMb: 32, stackMb: 4, outsideMb: 3 * maxUnzippedMb + OUTSIDE_MB },
    });
    worker.once('message', resolve).once('error', (error) => resolve({ problem: deathOf(error, memoryMb) }));
    worker.once('exit', () => resolve({ problem: 'It has ended the thread that read it' }));
    ended.addEventListener('abort', () => void worker.terminate(), { once: true });
    return promise;
  }

  /** The work is told when nobody waits for it any more. */
  async function inTime<T>(signal: AbortSignal, work: (ended: AbortSignal) => Promise<T>): Promise<T | ReadReply> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<ReadReply>();
    const over = new AbortController();
    const cancel = clock.after(seconds * 1000, () =>
      resolve({ problem: `It takes longer than ${seconds} seconds to read` }),
    );
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort);
    try {
      return await Promise.race([work(over.signal), promise]);
    } finally {
      cancel();
      signal.removeEventListener('abort', abort);
      over.abort();
    }
  }
}

function deathOf(error: unknown, memoryMb: number): string {
  return codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY'
    ? `It takes more than ${memoryMb} MB of memory to read`
    : 'It has ended the thread that read it';
}
