/**
 * Who may see a conversation: whoever may see its robot (`../robots/visibility.ts`); and who may see a contact: whoever may see a
 * conversation of theirs.
 */

import type { Knex } from 'knex';
import { isSuperadmin, isTenantAdmin } from '#core/kit.ts';
import type { Database, Principal, Transaction } from '#core/plugin.ts';
import { robotErrors } from '../errors.ts';
import { seenBy } from '../robots/visibility.ts';
import type { ConversationRow } from './tables.ts';

/** Narrows a query on `robots_conversations`. */
export function whereVisible(query: Knex.QueryBuilder, read: Knex, principal: Principal): Knex.QueryBuilder {
  if (isSuperadmin(principal)) return query;
  query.where('robots_conversations.tenant_id', principal.tenantId ?? '');
  if (isTenantAdmin(principal)) return query;
  const robots = read('robots_robots').where(seenBy(principal)).select('id');
  return query.whereIn('robots_conversations.robot', robots);
}

/** Narrows a query on `robots_contacts` to those who have spoken with a robot that the principal may see. */
export function whereContactVisible(query: Knex.QueryBuilder, read: Knex, principal: Principal): Knex.QueryBuilder {
  query.whereNull('robots_contacts.merged_into');
  if (isSuperadmin(principal)) return query;
  query.where('robots_contacts.tenant_id', principal.tenantId ?? '');
  if (isTenantAdmin(principal)) return query;
  const spoken = whereVisible(read('robots_conversations'), read, principal)
    .whereRaw('robots_conversations.contact = robots_contacts.id')
    .select(read.raw('1'));
  return query.whereExists(spoken);
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
