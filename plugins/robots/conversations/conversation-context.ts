/** A conversation with its robot and its contact, read by one statement. Tables: robots_conversations, robots_robots, robots_contacts. */

import type { Knex } from 'knex';
import type { Transaction } from '#core/plugin.ts';
import type { RobotRow } from '../robots/tables.ts';
import type { ContactRow, ConversationRow } from './tables.ts';

const CONVERSATION = ['uuid', 'tenant_id', 'group_name', 'person', 'room_type', 'paused_until', 'looped_at'] as const;
const CONTACT = ['uuid', 'name', 'fields', 'notes', 'consent', 'opted_out'] as const;

const COLUMNS = { ...namedApart('conversation', CONVERSATION), ...namedApart('contact', CONTACT) };

export interface ConversationContext {
  row: Pick<ConversationRow, (typeof CONVERSATION)[number]>;
  robot: RobotRow;
  contact: Pick<ContactRow, (typeof CONTACT)[number]>;
}

/** In one order. Robots that were deleted are there. */
export async function contextsOf(
  on: Knex | Transaction,
  conversationIds: readonly string[],
): Promise<ConversationContext[]> {
  const conversations: Knex.QueryBuilder = on('robots_conversations as conversation');
  const rows: Record<string, unknown>[] = await conversations
    .join('robots_robots as robot', 'robot.id', 'conversation.robot')
    .join('robots_contacts as contact', 'contact.id', 'conversation.contact')
    .whereIn('conversation.uuid', [...conversationIds])
    .orderBy('conversation.uuid')
    .select('robot.*', COLUMNS);
  return rows.map((row) => ({
    row: partOf(row, 'conversation', CONVERSATION),
    robot: row as unknown as RobotRow,
    contact: partOf(row, 'contact', CONTACT),
  })) as ConversationContext[];
}

/** The columns of one table, under names that no other table's have. */
function namedApart(table: string, columns: readonly string[]): Record<string, string> {
  return Object.fromEntries(columns.map((column) => [`${table} ${column}`, `${table}.${column}`]));
}

function partOf(row: Record<string, unknown>, table: string, columns: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(columns.map((column) => [column, row[`${table} ${column}`]]));
}
