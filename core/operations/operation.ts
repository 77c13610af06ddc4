/** One piece of long work in the process that does it: its progress, and its end, written once. */
import type { Clock } from '../clock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { sanitizeText } from '../database/sanitize-text.ts';
import { coreErrors, isAppError, messageOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import type { OperationRow } from './operation-row.ts';

/** What the work gets. */
export interface Progress {
  id: string;
  /** Aborted when somebody cancels, the server stops, or another process holds the work for lost. */
  signal: AbortSignal;
  /** How far it is; written at most once a second. Not inside a transaction. */
  report(state: { done?: number; total?: number; message?: string }): void;
  /** Throws when the work is to end. What cannot be half done is not between two of these. */
  check(): void;
}

export const STOPPING = 'stopping';
/** `lost`: another process has noted already that this one does it no more. */
export type AbortReason = 'cancelled' | typeof STOPPING | 'lost';

export interface Operation extends Progress {
  /** It is done. `result` is small: counts, the name of a file. */
  end(result: unknown): Promise<void>;
  /** It has failed; an AppError's sentence is shown, of anything else that it is in the log. */
  fail(error: unknown): Promise<void>;
  interrupted(): Promise<void>;
  abort(reason: AbortReason): void;
  /** Resolves when its end is written. */
  over: Promise<void>;
  /** Writes its row, if that is not there yet. */
  note(): Promise<void>;
  isNoted(): boolean;
}

const WRITE_EVERY_MS = 1_000;
const LONGEST_MESSAGE = 500;
const LONGEST_RESULT = 10_000;

export interface OperationParts {
  db: Database;
  clock: Clock;
  log: Logger;
  id: string;
  insert(trx: Transaction): Promise<OperationRow>;
  announce(trx: Transaction, row: OperationRow): Promise<void>;
}

export function createOperation({ db, clock, log, id, insert, announce }: OperationParts): Operation {
  const controller = new AbortController();
  let row: OperationRow | null = null;
  let reported: Partial<OperationRow> = {};
  let last = Promise.resolve();
  let cancel: (() => void) | null = null;
  let isOver = false;
  let over = (): void => {};
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });

  return {
    id,
    signal: controller.signal,
    over: ended,
    isNoted: () => row !== null,
    async note() {
      row = await db.transaction(async (trx) => {
        const made = await insert(trx);
        await announce(trx, made);
        return made;
      });
    },
    report({ done, total, message }) {
      if (isOver) return;
      if (done !== undefined) reported.done = done;
      if (total !== undefined) reported.total = total;
      if (message !== undefined) reported.message = sanitizeText(message, LONGEST_MESSAGE);
      cancel ??= clock.after(WRITE_EVERY_MS, () => {
        cancel = null;
        void write({});
      });
    },
    check() {
      if (controller.signal.aborted) throw coreErrors.cancelled();
    },
    end: (result) => finish({ state: 'done', result: resultOf(result) }),
    async fail(error) {
      if (controller.signal.aborted) return controller.signal.reason === 'cancelled' ? cancelled() : interrupted();
      const message = isAppError(error) ? error.message : coreErrors.internal_error().message;
      await finish({ state: 'failed', message: sanitizeText(message, LONGEST_MESSAGE) });
    },
    interrupted,
    abort(reason) {
      if (!isOver && !controller.signal.aborted) controller.abort(reason);
    },
  };

  function cancelled(): Promise<void> {
    return finish({ state: 'cancelled' });
  }

  function interrupted(): Promise<void> {
    return finish({ state: 'interrupted' });
  }

  async function finish(patch: Partial<OperationRow>): Promise<void> {
    if (isOver) return ended;
    isOver = true;
    cancel?.();
    // What was over before anybody could look at it leaves nothing behind.
    await last;
    if (row) await write({ ...patch, ended_at: clock.now() });
    over();
  }

  /** One after the other, so that what is older is never written over what is newer. */
  function write(patch: Partial<OperationRow>): Promise<void> {
    const news = { ...reported, ...patch };
    reported = {};
    last = last.then(() => put(news));
    return last;
  }

  async function put(patch: Partial<OperationRow>): Promise<void> {
    try {
      row = await db.transaction(async (trx) => {
        const before = row ?? (await insert(trx));
        const [changed] = await trx('core_operations')
          .where({ id: before.id, state: 'running' })
          .update({ ...patch, changed_at: clock.now() })
          .returning('*');
        if (changed) await announce(trx, changed);
        else controller.abort('lost' satisfies AbortReason);
        return changed ?? before;
      });
    } catch (error) {
      // The work itself goes on; of what could not be noted the lease will tell.
      log.warn({ reason: messageOf(error), operation: id }, 'The progress of long work could not be noted');
    }
  }
}

function resultOf(result: unknown): string | null {
  if (result === undefined || result === null) return null;
  const json = JSON.stringify(result).replaceAll('\\u0000', '');
  return json.length <= LONGEST_RESULT ? json : null;
}
