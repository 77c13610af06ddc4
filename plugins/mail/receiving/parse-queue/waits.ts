/** Waits for the parse queue: until what was accepted has been parsed, here or by another replica. Table: mail_messages. */
import type { Database } from '#core/plugin.ts';

export interface ParseWaits {
  /**
   * Resolves when what this mailbox has been given until now is parsed, or after `timeoutMs`. When there is any of it,
   * `hurry` is called first.
   */
  settled(mailboxId: number, timeoutMs: number, hurry: () => void): Promise<void>;
  /** Resolves when this message is parsed, or after two seconds. */
  parsed(id: number): Promise<void>;
  /** Mail of these mailboxes was parsed in this process. */
  notify(mailboxIds: readonly number[]): void;
}

/** Where other processes parse, nobody tells us. */
const LOOK_MS = { shared: 100, alone: 1_000 };
const OPEN_MS = 2_000;

export function createParseWaits(db: Database): ParseWaits {
  const waiting = new Map<number, Set<() => void>>();
  const lookMs = db.soleWriter ? LOOK_MS.alone : LOOK_MS.shared;

  return {
    async settled(mailboxId, timeoutMs, hurry) {
      const unparsed = () => db.read('mail_messages').where({ mailbox_id: mailboxId }).whereNull('parsed_at');
      const newest = await unparsed().max({ id: 'id' }).first();
      const last = newest?.id ?? null;
      if (last === null) return;
      hurry();
      const isLeft = async () => Boolean(await unparsed().where('id', '<=', last).first('id'));
      await until(isLeft, timeoutMs, (ms) => notificationOf(mailboxId, ms));
    },
    async parsed(id) {
      const isLeft = async () => Boolean(await db.read('mail_messages').where({ id, parsed_at: null }).first('id'));
      await until(isLeft, OPEN_MS, (ms) => new Promise((resolve) => setTimeout(resolve, ms)));
    },
    notify(mailboxIds) {
      for (const id of new Set(mailboxIds)) for (const wake of waiting.get(id) ?? []) wake();
    },
  };

  async function until(
    isLeft: () => Promise<boolean>,
    timeoutMs: number,
    wait: (ms: number) => Promise<void>,
  ): Promise<void> {
    for (const end = performance.now() + timeoutMs; ; ) {
      const leftMs = end - performance.now();
      if (leftMs <= 0) return;
      // Waiting begins before the look, so that nothing falls between the two.
      const told = wait(Math.min(leftMs, lookMs));
      if (!(await isLeft())) return;
      await told;
    }
  }

  function notificationOf(mailboxId: number, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wakers = waiting.get(mailboxId) ?? new Set();
      waiting.set(mailboxId, wakers);
      const wake = (): void => {
        clearTimeout(timer);
        wakers.delete(wake);
        if (wakers.size === 0 && waiting.get(mailboxId) === wakers) waiting.delete(mailboxId);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      wakers.add(wake);
    });
  }
}
