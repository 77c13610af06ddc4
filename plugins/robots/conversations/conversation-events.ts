/** What is announced about conversations, in the transaction that makes it true. */

import type { Services, Transaction } from '#core/plugin.ts';
import type { ConversationEvent } from '../contract.ts';
import type { ConversationRow } from './tables.ts';

/** A conversation with the public ids of its robot and its contact. */
export interface KnownConversation extends Pick<ConversationRow, 'id' | 'uuid' | 'group_name' | 'person' | 'state'> {
  tenant_id: string;
  robot: number;
  contact: number;
  robot_id: string;
  contact_uuid: string;
}

/** Null when it is not there. */
export async function knownConversation(trx: Transaction, id: number): Promise<KnownConversation | null> {
  const row = await trx('robots_conversations as own')
    .join('robots_robots as robot', 'robot.id', 'own.robot')
    .join('robots_contacts as contact', 'contact.id', 'own.contact')
    .where('own.id', id)
    .first<KnownConversation>(
      'own.id',
      'own.uuid',
      'own.tenant_id',
      'own.robot',
      'own.contact',
      'own.group_name',
      'own.person',
      'own.state',
      'robot.robot_id',
      'contact.uuid as contact_uuid',
    );
  return row ?? null;
}

export function eventOf(conversation: KnownConversation): ConversationEvent {
  const { uuid, robot_id, contact_uuid, group_name, person, state } = conversation;
  return { conversation_id: uuid, robot_id, contact_id: contact_uuid, group: group_name, person, state };
}

/** A person has said something in it. */
export async function emitAnswered(
  events: Services['events'],
  trx: Transaction,
  conversation: KnownConversation,
  said: { text: string; userId: string | null; isProved: boolean },
): Promise<void> {
  const about = { tenantId: conversation.tenant_id, subject: conversation.uuid };
  const data = { ...eventOf(conversation), text: said.text, user_id: said.userId, is_proved: said.isProved };
  await events.emit(trx, 'conversation.answered', data, about);
}

/** Somebody else has it now, or nobody; `team` is the key of its team. */
export async function emitAssigned(
  events: Services['events'],
  trx: Transaction,
  conversation: KnownConversation,
  { assignee, team }: { assignee: string | null; team: number | null },
): Promise<void> {
  const row = team === null ? null : await trx('robots_teams').where({ id: team }).first('uuid');
  const about = { tenantId: conversation.tenant_id, subject: conversation.uuid };
  const data = { ...eventOf(conversation), assignee, team: row?.uuid ?? null };
  await events.emit(trx, 'conversation.assigned', data, about);
}

export async function emitPlain(
  events: Services['events'],
  trx: Transaction,
  type: 'conversation.opened' | 'conversation.closed' | 'conversation.looped',
  conversation: KnownConversation,
): Promise<void> {
  const about = { tenantId: conversation.tenant_id, subject: conversation.uuid };
  await events.emit(trx, type, eventOf(conversation), about);
}
