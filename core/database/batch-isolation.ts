/** Batches with isolated failures: of rows that wait, one that fails stops only itself, and none is first in line for ever. */
import type { Logger } from '../observability/log.ts';

export interface IsolatedWork<T> {
  /** The next keys after the one given (null: the first), in a stable order. Fewer than `size` are the last ones. */
  next(after: T | null, size: number): Promise<T[]>;
  /** The work for one, or for some: then all or nothing, and for each alone when it fails for a group. */
  work: ((key: T) => Promise<void>) | { group(keys: T[]): Promise<void> };
  /** How many are looked up at once. */
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

export async function forEachIsolated<T>({ next, work, size, log, failure }: IsolatedWork<T>): Promise<Done> {
  const outcome: Done = { done: 0, failed: 0 };
  for (let after: T | null = null; ; ) {
    const keys = await next(after, size);
    if (!(await triedTogether(keys))) for (const key of keys) await tried(key);
    after = keys.at(-1) ?? null;
    if (after === null || keys.length < size) return outcome;
  }

  /** False when they are to be tried one by one. */
  async function triedTogether(keys: T[]): Promise<boolean> {
    if (typeof work === 'function' || keys.length < 2) return false;
    try {
      await work.group(keys);
      outcome.done += keys.length;
      return true;
    } catch {
      // Said below, for those that fail alone.
      return false;
    }
  }

  async function tried(key: T): Promise<void> {
    try {
      await (typeof work === 'function' ? work(key) : work.group([key]));
      outcome.done++;
    } catch (error) {
      outcome.failed++;
      log.error({ err: error, key }, failure);
    }
  }
}

/** For the end of a cron run, whose ledger shows it. */
export function refuseFailures(what: string, { done, failed }: Done): void {
  if (failed > 0) throw new Error(`${what}: ${failed} of ${done + failed} failed; the log names them`);
}
