/**
 * Bytes that several rows point to: copies of one message in other mailboxes, a forward that waits to leave. They go with the
 * last of them. Table: core_blobs.
 */
import type { Services, Transaction } from '#core/plugin.ts';

/** Those of the ids that rows of one table point to. */
type Holders = (trx: Transaction, ids: readonly number[]) => Promise<(number | null)[]>;

export interface SharedBytes {
  /** Said once, by the factory of whoever has a table of them. */
  heldBy(holders: Holders): void;
  /** Rows that pointed to them were deleted in this transaction. */
  release(trx: Transaction, ids: readonly number[]): Promise<void>;
}

export function createSharedBytes({ blobs }: Services): SharedBytes {
  const tables: Holders[] = [];
  return {
    heldBy: (holders) => void tables.push(holders),
    /** Locked first: of two transactions that delete the last two who point to it, the second one sees that the first has gone. */
    async release(trx, given) {
      const ids = [...new Set(given)];
      if (ids.length === 0) return;
      await trx('core_blobs').whereIn('id', ids).orderBy('id').forUpdate().select('id');
      const held = new Set<number | null>();
      for (const holders of tables) for (const id of await holders(trx, ids)) held.add(id);
      await blobs.remove(
        trx,
        ids.filter((id) => !held.has(id)),
      );
    },
  };
}
