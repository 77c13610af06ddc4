/** Labels of conversations: words that a tenant sorts them by, made when they are first used. Tables: robots_labels, robots_conversation_labels. */

import type { Transaction } from '#core/plugin.ts';
import type { ConversationRow } from './tables.ts';

/** The conversation has these and no others from now on; gives them in their order. */
export async function setLabels(
  trx: Transaction,
  { id, tenant_id }: Pick<ConversationRow, 'id' | 'tenant_id'>,
  wanted: readonly string[],
): Promise<string[]> {
  const names = [...new Set(wanted.map((name) => name.trim()).filter(Boolean))].sort();
  if (names.length > 0)
    await trx('robots_labels')
      .insert(names.map((name) => ({ tenant_id, name })))
      .onConflict(['tenant_id', 'name'])
      .ignore();
  const labels = await trx('robots_labels').where({ tenant_id }).whereIn('name', names).select('id');
  await trx('robots_conversation_labels').where({ conversation: id }).delete();
  if (labels.length > 0)
    await trx('robots_conversation_labels').insert(labels.map((label) => ({ label: label.id, conversation: id })));
  return names;
}
