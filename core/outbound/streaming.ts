/**
 * An answer that is read while it comes, within limits: how long until its first byte, how long between two pieces, how long in
 * all, and how many bytes. Whoever reads learns of a broken limit by an error, never by an end that comes too early.
 */
import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { asOutboundError, OutboundError } from './outbound-error.ts';

/** Of one request. Times in ms. */
export interface StreamLimits {
  /** From the call to the first byte of the body; default 30 000. */
  firstByteMs?: number;
  /** That somebody waits for the next piece of the body; default 30 000. */
  idleMs?: number;
  /** From the call to the last byte; default 120 000. */
  totalMs?: number;
  /** Of the body; default 10 MiB. */
  maxBytes?: number;
}

const FIRST_BYTE_MS = 30_000;
const IDLE_MS = 30_000;
const TOTAL_MS = 120_000;
const MAX_BYTES = 10 * 1024 * 1024;

/** Watches one request from its beginning to its end. */
export interface StreamWatch {
  /** Aborted with the OutboundError that says which limit it was, or with the caller's reason. */
  signal: AbortSignal;
  /** The body, watched from here on. */
  body(from: Readable, host: string): ReadableStream<Uint8Array>;
  /** Ends it: no limit breaks any more. */
  end(): void;
}

export function watchStream(clock: Clock, limits: StreamLimits, signal?: AbortSignal | null): StreamWatch {
  const { firstByteMs = FIRST_BYTE_MS, idleMs = IDLE_MS, totalMs = TOTAL_MS, maxBytes = MAX_BYTES } = limits;
  const own = new AbortController();
  const abort = (sentence: string): void => own.abort(new OutboundError('timeout', sentence));
  const follow = (): void => own.abort(signal?.reason);
  if (signal?.aborted) follow();
  else signal?.addEventListener('abort', follow, { once: true });
  const endTotal = clock.after(totalMs, () => abort(`The answer was not complete after ${totalMs} ms`));
  const startedAt = clock.now();
  const awaitFirst = (ms: number) => clock.after(ms, () => abort(`No answer came within ${firstByteMs} ms`));
  let endPause = awaitFirst(firstByteMs);

  return { signal: own.signal, body, end };

  function end(): void {
    endTotal();
    endPause();
    signal?.removeEventListener('abort', follow);
  }

  function body(from: Readable, host: string): ReadableStream<Uint8Array> {
    const pieces = from[Symbol.asyncIterator]();
    // From here on only the time counts in which somebody wants to read.
    endPause();
    const firstMs = Math.max(0, firstByteMs - (clock.now() - startedAt));
    // It fails while nobody reads, too; who reads next is told by the signal.
    from.on('error', () => {});
    let size = 0;
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            endPause =
              size === 0
                ? awaitFirst(firstMs)
                : clock.after(idleMs, () => abort(`The answer stood still for ${idleMs} ms`));
            const { done, value } = await aborted(own.signal, () => pieces.next());
            endPause();
            if (done) {
              end();
              controller.close();
              return;
            }
            size += value.length;
            if (size > maxBytes)
              throw new OutboundError('too_large', `${host} answers with more than ${maxBytes} bytes`);
            controller.enqueue(value);
          } catch (error) {
            end();
            from.destroy();
            controller.error(signal?.aborted ? signal.reason : asOutboundError(error));
          }
        },
        cancel() {
          end();
          from.destroy();
        },
      },
      { highWaterMark: 0 },
    );
  }
}

/** What is begun, unless the signal comes first. */
async function aborted<T>(signal: AbortSignal, begin: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise: refused, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([begin(), refused]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
