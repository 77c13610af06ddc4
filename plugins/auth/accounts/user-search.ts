/** What of users is found by any part of it; the migration that makes this index has a copy. */
import type { Knex } from 'knex';
import { COUNTED_ROWS, type SubstringIndex, whereContains, whereHeld } from '#core/kit.ts';

export const USERS_SEARCHED: SubstringIndex = { table: 'auth_users', columns: ['email', 'username', 'full_name'] };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Narrows the rows of a list to those with this id, or with the text in one of their columns; among all, the newest of them. */
export async function whereSearched(
  rows: Knex.QueryBuilder,
  index: SubstringIndex,
  text: string,
  isAmongAll: boolean,
): Promise<void> {
  const wanted = text.trim().normalize('NFC');
  if (UUID.test(wanted)) return void rows.where(`${index.table}.uuid`, wanted.toLowerCase());
  if (!isAmongAll) return void whereHeld(rows, index, wanted);
  const knex = rows.client.queryBuilder();
  const found = rows.client.queryBuilder().from(index.table).select(`${index.table}.id`);
  found.orderBy(`${index.table}.id`, 'desc').limit(COUNTED_ROWS + 1);
  await whereContains(found, index, wanted);
  rows.whereIn(`${index.table}.id`, knex.from(found.as('found')).select('id'));
}
