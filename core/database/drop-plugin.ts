/** Deletes the tables of a plugin that is gone, whose migrations nobody has to take back. */
import type { Knex } from 'knex';
import { ConfigError } from '../errors.ts';
import type { Database } from './database.ts';
import { completedMigrations, LEDGER, type MigrationSource, ownerOf, ownerOfTable } from './migrations.ts';
import { tablesOf } from './postgres-dump.ts';

/**
 * Drops every table that is named after the plugin, and forgets its migrations; gives their names. Throws a ConfigError
 * for a plugin that is on, and for one of which nothing is there.
 */
export async function dropPlugin(db: Database, sources: readonly MigrationSource[], plugin: string): Promise<string[]> {
  if (sources.some(({ owner }) => owner === plugin)) {
    throw new ConfigError(`The plugin '${plugin}' is enabled: take its migrations back with --down, or switch it off`);
  }
  const owners = [
    ...new Set([...(await completedMigrations(db.write)).map(ownerOf), ...sources.map((one) => one.owner)]),
  ];
  if (!owners.includes(plugin)) throw new ConfigError(`There is nothing of a plugin '${plugin}' in the database`);
  return db.transaction(async (trx) => {
    const isIts = (table: string): boolean => ownerOfTable(table, owners) === plugin;
    const dropped = db.client === 'pg' ? await dropOnPostgres(trx, isIts) : await dropOnSqlite(trx, isIts);
    await trx(LEDGER).where('name', 'like', `${plugin}/%`).delete();
    return dropped;
  });
}

async function dropOnPostgres(trx: Knex.Transaction, isIts: (table: string) => boolean): Promise<string[]> {
  const names = (await tablesOf(trx)).filter(isIts);
  for (const name of names) await trx.raw('drop table ?? cascade', [name]);
  return names;
}

async function dropOnSqlite(trx: Knex.Transaction, isIts: (table: string) => boolean): Promise<string[]> {
  // Tables point to each other: only at the end nothing may be left that points nowhere.
  await trx.raw('pragma defer_foreign_keys = on');
  const dropped: string[] = [];
  for (;;) {
    // Virtual ones first: they take along the tables that they are kept in.
    const tables: { name: string }[] = await trx('sqlite_master')
      .where({ type: 'table' })
      .orderByRaw("case when sql like 'create virtual%' then 0 else 1 end, name")
      .select('name');
    const next = tables.find(({ name }) => isIts(name));
    if (!next) return dropped;
    await trx.raw('drop table ??', [next.name]);
    dropped.push(next.name);
  }
}
