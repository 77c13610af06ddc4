/**
 * Two contacts that were one have parted: what was made in the conversations that are the other's again is the other's, so that it
 * goes when that is erased. What an assistant remembers of them it was told of both, and forgets.
 */
import type { EventHandler } from '#core/plugin.ts';
import type { RepliesScope } from './services.ts';

const OF_CONTACTS = [
  ...(['ai_replies_turns', 'ai_replies_replies', 'ai_replies_tool_calls', 'ai_replies_answers'] as const),
  'ai_replies_calls',
] as const;

export const contactSeparated: EventHandler<'contact.separated'> = async (
  { data: { contact_id, from_contact_id, conversation_ids } },
  { db, assistantSessions }: RepliesScope,
) => {
  await db.transaction(async (trx) => {
    for (const table of OF_CONTACTS)
      await trx(table)
        .where({ contact_id: from_contact_id })
        .whereIn('conversation_id', [...conversation_ids])
        .update({ contact_id });
  });
  await assistantSessions.deleteAll((rows) =>
    rows.where({ contact_id: from_contact_id }).whereIn('conversation_id', [...conversation_ids]),
  );
};
