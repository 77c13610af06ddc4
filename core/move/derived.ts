/**
 * Tables that are made of others, as indexes of words are: they differ between the databases, and a move makes them anew. A plugin
 * tells of its own in a module of its own (`derived` in core/plugin.ts), which runs without its services.
 */
import { systemClock } from '../clock.ts';
import { createBlobs } from '../database/blobs.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { MigrationSource } from '../database/migrations.ts';
import type { ObjectStore } from '../storage/object-store.ts';

export interface Filling {
  trx: Transaction;
  client: Database['client'];
  /** Bytes of a row of `core_blobs`. Throws where they are gone. */
  readBlob(id: number): Promise<Buffer>;
}

export interface DerivedTable {
  /** What each of the two databases calls it: a table, or a column as `table.column`. The first also names it in what is said. */
  names: readonly [string, ...string[]];
  /**
   * Makes what belongs to the next some hundred rows behind this id, and gives the id of the last of them; null when there are no
   * more. It is empty at the beginning.
   */
  fill(filling: Filling, after: number): Promise<number | null>;
}

export interface DerivedTables {
  tables: readonly DerivedTable[];
  /** Ends what was begun for them. */
  close?(): Promise<void>;
}

/** What the module of a plugin exports as `derived`. */
export type DerivedModule = () => DerivedTables;

/** All that the plugins tell of. */
export async function derivedOf(sources: readonly MigrationSource[]): Promise<DerivedTables> {
  const made: DerivedTables[] = [];
  for (const { derived } of sources) {
    if (!derived) continue;
    const module: { derived: DerivedModule } = await import(derived.href);
    made.push(module.derived());
  }
  return {
    tables: made.flatMap(({ tables }) => tables),
    async close() {
      for (const one of made) await one.close?.();
    },
  };
}

export function namesOf({ tables }: DerivedTables): Set<string> {
  return new Set(tables.flatMap(({ names }) => names));
}

/** Where bytes are read. */
export interface Bytes {
  db: Database;
  files: string;
  store: ObjectStore | null;
}

/** In a transaction of the caller. `files` is the folder that has `files/`. */
export async function fillAll(
  trx: Transaction,
  { db, files }: Omit<Bytes, 'store'>,
  made: DerivedTables,
): Promise<void> {
  const filling = fillingOf(trx, { db, files, store: null });
  for (const table of made.tables) {
    let after: number | null = 0;
    while (after !== null) after = await table.fill(filling, after);
  }
}

/** The bytes as the transaction sees them. */
export function fillingOf(trx: Transaction, { db, files, store }: Bytes): Filling {
  const blobs = createBlobs({ db: { ...db, read: trx }, clock: systemClock(), dataDir: files, store });
  return { trx, client: db.client, readBlob: (id) => blobs.read(id) };
}
