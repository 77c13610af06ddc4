/** Rows by their integer keys, in any order that is asked for. */
import type { Knex } from 'knex';

/**
 * Leaves rows of the table with one of these integer keys, however many. They are looked up by their key also where the rows
 * are wanted in an order that has an index, along which SQLite would walk (sqlite.org/lang_indexedby.html).
 */
export function whereIdIn(query: Knex.QueryBuilder, table: string, ids: readonly number[]): Knex.QueryBuilder {
  if (query.client.config.client === 'pg') return query.whereRaw('?? = any(?::bigint[])', [`${table}.id`, [...ids]]);
  return query
    .from(query.client.raw('?? not indexed', [table]))
    .whereRaw('?? in (select value from json_each(?))', [`${table}.id`, JSON.stringify(ids)]);
}
