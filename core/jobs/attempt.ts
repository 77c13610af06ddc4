/** One try of a job: with its time-out, and a signal that also the stop of the platform aborts. */
import type { Logger } from '../observability/log.ts';
import type { BoundJob, JobRow } from './jobs.ts';
import { DEFAULT_TIMEOUT_MS } from './lease.ts';

export interface AttemptOptions {
  type: BoundJob;
  row: JobRow;
  /** Aborted when the platform stops. */
  stopping: AbortSignal;
  /** Made when it is asked for: most jobs have nothing to say. */
  log(): Logger;
}

/** Rejects with what the job threw, or because it took too long. The signal is made when it is asked for. */
export async function attempt({ type, row, stopping, log }: AttemptOptions): Promise<void> {
  const timeoutMs = type.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  let timeout: AbortController | undefined;
  let signal: AbortSignal | undefined;
  let isExpired = false;
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    isExpired = true;
    timeout?.abort();
    reject(new Error(`The job took longer than ${timeoutMs} ms`));
  }, timeoutMs);
  timer.unref();
  const context = {
    id: row.id,
    attempt: row.attempts,
    get signal() {
      timeout ??= new AbortController();
      if (isExpired) timeout.abort();
      signal ??= AbortSignal.any([timeout.signal, stopping]);
      return signal;
    },
    get log() {
      return log();
    },
  };
  try {
    await Promise.race([type.run(JSON.parse(row.payload), context), expired]);
  } finally {
    clearTimeout(timer);
  }
}
