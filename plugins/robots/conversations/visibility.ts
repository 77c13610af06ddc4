/** Who may see a conversation: whoever may see its robot. */

import type { Knex } from 'knex';
import { isSuperadmin } from '#core/kit.ts';
import type { Database, Principal, Transaction } from '#core/plugin.ts';
import { robotErrors } from '../errors.ts';
import { isTenantAdmin, seenBy } from '../robots/robots.ts';
import type { ConversationRow } from './tables.ts';

/** Narrows a query on `robots_conversations`. */
export function whereVisible(query: Knex.QueryBuilder, read: Knex, principal: Principal): Knex.QueryBuilder {
  if (isSuperadmin(principal)) return query;
  query.where('robots_conversations.tenant_id', principal.tenantId ?? '');
  if (isTenantAdmin(principal)) return query;
  const robots = read('robots_robots').where(seenBy(principal)).select('id');
  return query.whereIn('robots_conversations.robot', robots);
}

/** Throws `CONVERSATION_NOT_FOUND`, also for those of others. Locked when `trx` is given. */
export async function visibleConversation(
  db: Pick<Database, 'read'>,
  principal: Principal,
  uuid: string,
  trx?: Transaction,
): Promise<ConversationRow> {
  const on = trx ?? db.read;
  const query = whereVisible(on('robots_conversations').where('robots_conversations.uuid', uuid), on, principal);
  const row: ConversationRow | undefined = await (trx ? query.forUpdate() : query).first('robots_conversations.*');
  if (!row) throw robotErrors.CONVERSATION_NOT_FOUND();
  return row;
}

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
