/** Rows in memory, by key. Only where this process is the only writer; elsewhere every `get` is a query. */
import type { Database } from './database.ts';

export interface RowCache<K, V> {
  get(key: K): Promise<V | null>;
  /** What is remembered, for who would rather not wait; undefined says nothing. */
  known(key: K): V | undefined;
  /** Forgets the rows of which this is true. */
  drop(isConcerned: (row: V) => boolean): void;
  clear(): void;
}

/** More than this and the whole cache starts again: bounded memory without bookkeeping on each hit. */
const MAX_ROWS = 10_000;

export function createRowCache<K, V>(
  db: Pick<Database, 'soleWriter'>,
  load: (key: K) => PromiseLike<V | undefined | null>,
): RowCache<K, V> {
  const rows = new Map<K, V>();
  let generation = 0;

  return {
    known: (key) => rows.get(key),
    async get(key) {
      const known = rows.get(key);
      if (known) return known;
      const startedIn = generation;
      const row = (await load(key)) ?? null;
      // A row that was read while somebody changed it must not be remembered.
      if (row && db.soleWriter && startedIn === generation) {
        if (rows.size >= MAX_ROWS) rows.clear();
        rows.set(key, row);
      }
      return row;
    },
    drop(isConcerned) {
      generation++;
      for (const [key, row] of rows) if (isConcerned(row)) rows.delete(key);
    },
    clear() {
      generation++;
      rows.clear();
    },
  };
}
