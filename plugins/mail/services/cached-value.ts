/** A cached value: what is read from the database and kept until somebody, in whichever process, changes it. */
import type { Notices } from '#core/kit.ts';
import type { Database, Transaction } from '#core/plugin.ts';

export interface Kept<T> {
  /** As it is now; inside a transaction, give it. */
  get(connection?: Transaction): Promise<T>;
  /** It is read anew everywhere once the transaction has committed. */
  changed(trx: Transaction): Promise<void>;
}

export function createKept<T>(options: {
  db: Database;
  notices: Notices;
  topic: string;
  load(connection: Database['read'] | Transaction): Promise<T>;
}): Kept<T> {
  const { db, notices, topic, load } = options;
  let kept: { value: T } | null = null;
  /** What was read before a change is not kept after it. */
  let generation = 0;
  const drop = (): void => {
    kept = null;
    generation++;
  };
  notices.on(topic, drop);
  notices.onGap(drop);

  return {
    async get(connection) {
      if (kept && notices.isConnected()) return kept.value;
      const before = generation;
      const value = await load(connection ?? db.read);
      if (before === generation) kept = { value };
      return value;
    },
    changed: (trx) => notices.send(trx, topic),
  };
}
