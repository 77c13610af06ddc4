/** The last messages that robots heard, as `robot.message` told of them. */
import type { PastEventsTeller } from '#core/plugin.ts';
import type { ConversationsScope } from './services.ts';

export const pastMessages: PastEventsTeller<'robot.message'> = async (
  { tenantId, most },
  { db }: ConversationsScope,
) => {
  const query = db
    .read('robots_messages as message')
    .join('robots_conversations as conversation', 'conversation.id', 'message.conversation')
    .join('robots_contacts as contact', 'contact.id', 'conversation.contact')
    .join('robots_robots as robot', 'robot.id', 'message.robot')
    .where({ 'message.direction': 'in', 'message.author': 'contact', 'message.is_echo': 0 })
    .limit(most);
  // In the order of an index, of one tenant as of all.
  if (tenantId !== null) query.where('message.tenant_id', tenantId).orderBy('message.created_at', 'desc');
  query.orderBy('message.id', 'desc');
  const rows = await query.select(
    'message.*',
    'conversation.uuid as thread',
    'conversation.group_name as group',
    'conversation.person as person',
    'contact.uuid as contact_id',
    'robot.robot_id as robot_id',
  );
  return rows.map((row) => ({
    key: row.message_id,
    at: Number(row.created_at),
    tenantId: row.tenant_id,
    subject: row.robot_id,
    data: {
      message_id: row.message_id,
      robot_id: row.robot_id,
      conversation_id: row.thread,
      contact_id: row.contact_id,
      group: row.group,
      person: row.person,
      text: row.spoken,
      text_type: row.text_type,
      room_type: row.room_type,
      at_me: row.at_me === 1,
    },
  }));
};
