/** Has documents read by threads with limits on time and memory: what a hostile one does, it does to its thread. */
import { codeOf, startThread } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../../config.ts';
import type { ReadOrder, ReadReply } from './worker.ts';

export interface DocumentReader {
  /** What it says, or why not, in words. Rejects with the reason of the signal alone. */
  read(order: Omit<ReadOrder, 'limits'>, signal: AbortSignal): Promise<ReadReply>;
}

const WORKER = new URL('./worker.ts', import.meta.url);
const MOST_CHUNKS = 20_000;
/** Bytes of the document itself, and of libraries. */
const OUTSIDE_MB = 128;

export function createDocumentReader({ clock, config }: Services & { config: AiRepliesConfig }): DocumentReader {
  const { seconds, memoryMb, maxPages, maxUnzippedMb } = config.knowledge;

  return {
    read(order, signal) {
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<ReadReply>();
      const limits = { maxPages, maxUnzippedBytes: maxUnzippedMb * 1024 * 1024, maxChunks: MOST_CHUNKS };
      const workerData: ReadOrder = { ...order, limits };
      const worker = startThread(WORKER, {
        workerData,
        // What libraries print is nobody's business.
        stdout: true,
        stderr: true,
        limits: { heapMb: memoryMb, youngMb: 32, stackMb: 4, outsideMb: 3 * maxUnzippedMb + OUTSIDE_MB },
      });
      const cancel = clock.after(seconds * 1000, () =>
        resolve({ problem: `It takes longer than ${seconds} seconds to read` }),
      );
      const abort = (): void => reject(signal.reason);
      signal.addEventListener('abort', abort);
      worker.once('message', resolve).once('error', (error) => resolve({ problem: deathOf(error, memoryMb) }));
      worker.once('exit', () => resolve({ problem: 'It has ended the thread that read it' }));
      return promise.finally(() => {
        cancel();
        signal.removeEventListener('abort', abort);
        void worker.terminate();
      });
    },
  };
}

function deathOf(error: unknown, memoryMb: number): string {
  return codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY'
    ? `It takes more than ${memoryMb} MB of memory to read`
    : 'It has ended the thread that read it';
}
