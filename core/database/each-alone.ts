/** Work on rows that wait, in groups: a row that fails stops only itself, and none is first in line for ever. */
import type { Logger } from '../observability/log.ts';

export interface EachAlone<T> {
  /** The next keys after the one given (null: the first), in a stable order. Fewer than `size` are the last ones. */
  next(after: T | null, size: number): Promise<T[]>;
  /** The work for some, all or nothing. Tried for each alone when it fails for a group. */
  work(keys: T[]): Promise<void>;
  size: number;
  log: Logger;
  /** For the log: "A licence could not be expired". */
  failure: string;
}

export interface Done {
  done: number;
  /** They are in the log, and tried again by the next run. */
  failed: number;
}

export async function eachAlone<T>({ next, work, size, log, failure }: EachAlone<T>): Promise<Done> {
  const outcome: Done = { done: 0, failed: 0 };
  for (let after: T | null = null; ; ) {
    const keys = await next(after, size);
    if (keys.length > 0 && !(await tried(keys))) for (const key of keys) await tried([key]);
    after = keys.at(-1) ?? null;
    if (after === null || keys.length < size) return outcome;
  }

  /** False when a group is to be tried one by one. */
  async function tried(keys: T[]): Promise<boolean> {
    try {
      await work(keys);
      outcome.done += keys.length;
    } catch (error) {
      if (keys.length > 1) return false;
      outcome.failed++;
      log.error({ err: error, key: keys[0] }, failure);
    }
    return true;
  }
}

/** For the end of a cron run, whose ledger shows it. */
export function refuseFailures(what: string, { done, failed }: Done): void {
  if (failed > 0) throw new Error(`${what}: ${failed} of ${done + failed} failed; the log names them`);
}
