/** How conversations look on the wire. Tables: robots_conversations and what belongs to them. */

import Type, { type Static } from 'typebox';
import { isoTime } from '#core/kit.ts';
import { type Database, versionOf } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { isNamed } from '../robots/machine-names.ts';
import { robotStatus } from '../robots/presence.ts';
import { isPhone } from '../robots/robots.ts';
import type { RobotRow } from '../robots/tables.ts';
import { Named, namedPerson } from './assignee.ts';
import { refusalOf } from './identity/consent.ts';
import type { ConversationRow } from './tables.ts';

const Time = Type.Union([Type.String(), Type.Null()]);
const NamedOrNull = Type.Union([Named, Type.Null()]);

export const ConversationView = Type.Object({
  id: Type.String(),
  robot_id: Type.String(),
  robot_name: Type.String(),
  robot_named: Type.Boolean({ description: 'False: nobody has given it a name' }),
  robot_status: Type.Enum(['online', 'offline', 'deleted']),
  robot_seen_at: Type.Union([Type.String(), Type.Null()], {
    description: 'When it was last heard of; null for one that has never come',
  }),
  robot_is_phone: Type.Boolean({ description: 'Not an account of another network' }),
  contact_id: Type.String(),
  contact_name: Type.String(),
  channel: Type.String(),
  group: Type.String({ description: "'' for a conversation with a person alone" }),
  person: Type.String(),
  state: Type.Enum(['open', 'pending', 'snoozed', 'closed']),
  unread: Type.Integer(),
  last_message_at: Type.String(),
  last_text: Type.String(),
  waiting_since: Type.Union([Type.String(), Type.Null()], {
    description: 'The first message that nobody has answered',
  }),
  automatic: Type.Boolean({ description: 'Whether automatic answers are given' }),
  paused_until: Time,
  paused_by: Type.Union([Type.Enum(['person', 'phone', 'name', 'switch', 'handover', 'loop']), Type.Null()], {
    description: 'What has paused them; `name`: someone with the robot’s name has written',
  }),
  snoozed_until: Time,
  assignee: NamedOrNull,
  team: NamedOrNull,
  labels: Type.Array(Type.String()),
  rating: Type.Union([Type.Integer(), Type.Null()]),
  loop: Type.Boolean({ description: 'The other party seems to be a machine' }),
  consent: Type.Enum(['unknown', 'given', 'refused'], { description: 'Of the contact' }),
  opted_out: Type.Boolean(),
  created_at: Type.String(),
  version: Type.String({ description: 'For `If-Match` of a change' }),
});
export type ConversationView = Static<typeof ConversationView>;

/** What people change: a message that comes in does not make it another one. */
export function termsOf(row: ConversationRow, labels: readonly string[]): object {
  const { uuid, state, snoozed_until, assignee, team } = row;
  return { uuid, state, snoozed_until, assignee, team, labels: [...labels].sort() };
}

type On = Database['read'];

export interface ViewNeeds {
  on: On;
  people: AuthServices['people'];
  now: number;
}

/** A page at once: what belongs to the rows is read in one query each. */
export async function conversationViews(
  rows: readonly ConversationRow[],
  { on, people, now }: ViewNeeds,
): Promise<ConversationView[]> {
  const [robots, contacts, teams, labels] = await Promise.all([
    on('robots_robots')
      .whereIn('id', distinct(rows, 'robot'))
      .select(...SHOWN_OF_ROBOT),
    on('robots_contacts')
      .whereIn('id', distinct(rows, 'contact'))
      .select('id', 'uuid', 'name', 'channel', 'opted_out', 'consent'),
    on('robots_teams').whereIn('id', distinct(rows, 'team')).select('id', 'uuid', 'name'),
    labelsOf(on, rows),
  ]);
  const byRobot = new Map(robots.map((row) => [row.id, row]));
  const byContact = new Map(contacts.map((row) => [row.id, row]));
  const byTeam = new Map(teams.map((row) => [row.id, { id: row.uuid, name: row.name }]));
  const persons = new Map<number, Named>();
  for (const id of distinct(rows, 'assignee')) {
    const user = await people.userById(id);
    if (user) persons.set(id, namedPerson(user));
  }
  return rows.map((row) => {
    const contact = byContact.get(row.contact);
    const own = labels.get(row.id) ?? [];
    const isOptedOut = contact?.opted_out === 1;
    return {
      id: row.uuid,
      ...robotOf(byRobot.get(row.robot), now),
      contact_id: contact?.uuid ?? '',
      contact_name: contact?.name ?? '',
      channel: contact?.channel ?? '',
      group: row.group_name,
      person: row.person,
      state: row.state,
      unread: Number(row.unread),
      last_message_at: isoTime(row.last_message_at),
      last_text: row.last_text,
      waiting_since: isoTime(row.waiting_since),
      automatic: row.looped_at === null && refusalOf(contact) === null && (row.paused_until ?? 0) <= now,
      paused_until: isoTime(row.paused_until),
      paused_by: row.paused_by,
      snoozed_until: isoTime(row.snoozed_until),
      assignee: persons.get(row.assignee ?? -1) ?? null,
      team: byTeam.get(row.team ?? -1) ?? null,
      labels: own,
      rating: row.rating,
      loop: row.looped_at !== null,
      opted_out: isOptedOut,
      consent: contact?.consent ?? 'unknown',
      created_at: isoTime(row.created_at),
      version: versionOf(termsOf(row, own)),
    };
  });
}

const SHOWN_OF_ROBOT = ['id', 'robot_id', 'name', 'status', 'channel', 'is_online', 'seen_at'] as const;
type RobotView = Pick<ConversationView, `robot_${'id' | 'name' | 'named' | 'status' | 'seen_at' | 'is_phone'}`>;

function robotOf(robot: Pick<RobotRow, (typeof SHOWN_OF_ROBOT)[number]> | undefined, now: number): RobotView {
  return {
    robot_id: robot?.robot_id ?? '',
    robot_name: robot?.name ?? '',
    robot_named: robot === undefined || isNamed(robot),
    robot_status: robot ? robotStatus(robot, now) : 'deleted',
    robot_seen_at: isoTime(robot?.seen_at ?? null),
    robot_is_phone: robot !== undefined && isPhone(robot),
  };
}

/** Names by conversation, in their order. */
export async function labelsOf(on: On, rows: readonly Pick<ConversationRow, 'id'>[]): Promise<Map<number, string[]>> {
  const own = await on('robots_conversation_labels as own')
    .join('robots_labels as label', 'label.id', 'own.label')
    .whereIn(
      'own.conversation',
      rows.map(({ id }) => id),
    )
    .orderBy('label.name')
    .select<{ conversation: number; name: string }[]>('own.conversation', 'label.name');
  const found = new Map<number, string[]>();
  for (const { conversation, name } of own) found.set(conversation, [...(found.get(conversation) ?? []), name]);
  return found;
}

function distinct(rows: readonly ConversationRow[], column: 'robot' | 'contact' | 'team' | 'assignee'): number[] {
  return [...new Set(rows.flatMap((row) => row[column] ?? []))];
}
