/** How the messages of a conversation look in the inbox. Table: robots_messages. */

import Type, { type Static } from 'typebox';
import { isoTime } from '#core/kit.ts';
import type { Database } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { namedPerson } from './assignee.ts';
import type { MessageRow } from './tables.ts';

const Text = Type.Union([Type.String(), Type.Null()]);

export const InboxMessage = Type.Object({
  id: Type.String(),
  direction: Type.Enum(['in', 'out']),
  author: Type.Enum(['contact', 'robot', 'person', 'phone', 'note', 'namesake'], {
    description:
      'robot: a program; person: from the inbox; phone: on the robot’s own phone; note: for colleagues alone',
  }),
  author_name: Type.Union([Type.String(), Type.Null()], { description: 'Of the person who wrote it in the inbox' }),
  text: Type.String(),
  text_type: Type.Integer(),
  command_id: Text,
  command_status: Type.Union([Type.String(), Type.Null()], { description: 'Of the command that sends it' }),
  error: Text,
  file_type: Type.Union([Type.String(), Type.Null()], { description: 'Media type of its file, by its content' }),
  created_at: Type.String(),
});
export type InboxMessage = Static<typeof InboxMessage>;

export async function inboxMessages(
  rows: readonly MessageRow[],
  { on, people }: { on: Database['read']; people: AuthServices['people'] },
): Promise<InboxMessage[]> {
  const ids = rows.flatMap(({ command_id }) => command_id ?? []);
  const commands =
    ids.length > 0
      ? await on('robots_commands').whereIn('command_id', ids).select('command_id', 'status', 'result')
      : [];
  const byId = new Map(commands.map((row) => [row.command_id, row]));
  const names = new Map<number, string>();
  for (const id of new Set(rows.flatMap(({ user_id }) => user_id ?? []))) {
    const user = await people.userById(id);
    if (user) names.set(id, namedPerson(user).name);
  }
  return rows.map((row) => {
    const command = byId.get(row.command_id ?? '');
    return {
      id: row.message_id,
      direction: row.direction,
      author: row.author,
      author_name: names.get(row.user_id ?? -1) ?? null,
      text: row.spoken,
      text_type: row.text_type,
      command_id: row.command_id,
      command_status: command?.status ?? null,
      error: errorOf(command),
      file_type: row.blob === null ? null : row.media_type,
      created_at: isoTime(row.created_at),
    };
  });
}

function errorOf(command: { status: string; result: string | null } | undefined): string | null {
  if (!command || command.result === null || command.status === 'succeeded') return null;
  const { errorReason, errorCode } = JSON.parse(command.result);
  return String(errorReason || errorCode);
}
