/**
 * The conversations of messages that are heard, made where there are none, with what the newest message changes in them:
 * one statement for all. Table: robots_conversations.
 */

import { rowsOf, rowsToInsert, timeWindow } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';
import type { KnownRobot } from '../robots/tables.ts';
import { type ContactPlace, contactKey, contactsOf, type HeardContacts } from './identity/heard-contacts.ts';
import type { OwnId } from './identity/identity.ts';
import { fingerprint } from './normalize.ts';
import { placeKey, type ReceivedMessage } from './received-message.ts';
import type { ConversationRow } from './tables.ts';

/** A message and the place it belongs to. */
export interface Placed {
  robot: KnownRobot;
  message: ReceivedMessage;
  /** Whose conversation it is, which is not always who has written. */
  person: string;
  ownId: OwnId | null;
  /** By the contact; else by a person on the robot's own phone. */
  isFromContact: boolean;
}

/** With whom it is. */
export function contactPlaceOf({ robot, message, person, ownId }: Placed): ContactPlace {
  return { robot, group: message.group, name: person, ownId };
}

const RETURNED = [
  ...(['id', 'uuid', 'robot', 'group_name', 'person', 'state', 'opening', 'repeats', 'heard'] as const),
  ...(['handed_over_at', 'looped_at', 'away_until'] as const),
] satisfies (keyof ConversationRow)[];

export interface Thread extends Pick<ConversationRow, (typeof RETURNED)[number]> {
  tenantId: string;
  contact: number;
  contactUuid: string;
  /** Made, or opened after it was closed, by these messages. */
  isOpened: boolean;
  isNew: boolean;
}

export interface Threads {
  of(placed: Pick<Placed, 'robot' | 'message' | 'person'>): Thread;
  all: readonly Thread[];
  newContacts: readonly { id: number; tenantId: string; text: string }[];
}

const SHOWN = 200;
const COLUMNS = [
  ...(['uuid', 'tenant_id', 'robot', 'contact', 'group_name', 'person', 'room_type', 'state', 'unread'] as const),
  'heard_as',
  ...(['last_message_at', 'last_text', 'waiting_since', 'created_at', 'updated_at', 'opening', 'last_in'] as const),
  ...(['repeats', 'heard', 'window_at'] as const),
] satisfies (keyof ConversationRow)[];

/**
 * What people write on the phone opens nothing, and nothing waits because of it. Whose it is may have changed where two who were
 * one have parted: it goes to who speaks in it.
 */
const UPSERT = `
  on conflict (robot, group_name, person) do update set
    state = case when excluded.unread > 0 and own.state in ('closed', 'snoozed') then 'open' else own.state end,
    opening = case when excluded.unread > 0 and own.state = 'closed' then excluded.opening else own.opening end,
    snoozed_until = case when excluded.unread > 0 then null else own.snoozed_until end,
    contact = case when excluded.unread > 0 then excluded.contact else own.contact end,
    heard_as = case when excluded.unread > 0 then excluded.heard_as else own.heard_as end,
    unread = own.unread + excluded.unread, room_type = excluded.room_type,
    last_message_at = excluded.last_message_at, last_text = excluded.last_text, updated_at = excluded.updated_at,
    waiting_since = coalesce(own.waiting_since, excluded.waiting_since),
    last_in = coalesce(excluded.last_in, own.last_in),
    repeats = case when excluded.heard = 0 then own.repeats
      when own.last_in = excluded.last_in and own.window_at between ? and ? then own.repeats + excluded.repeats
      else excluded.repeats end,
    heard = case when own.window_at between ? and ? then own.heard + excluded.heard else excluded.heard end,
    window_at = case when own.window_at between ? and ? then own.window_at else excluded.window_at end`;

export async function threadsOf(
  trx: Transaction,
  items: readonly Placed[],
  now: number,
  windowMs: number,
): Promise<Threads> {
  const contacts = await contactsOf(trx, items.map(contactPlaceOf), now);
  const wanted = Map.groupBy(items, threadKey);
  const rows = [...wanted]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, messages]) => rowOf(messages, contacts, now));
  if (rows.length === 0) return threadsFrom([], new Map(), contacts);
  const given = rowsToInsert(
    trx,
    COLUMNS.length,
    rows.map((row) => COLUMNS.map((column) => row[column])),
  );
  const window = timeWindow(now, windowMs);
  const written = rowsOf<Pick<ConversationRow, (typeof RETURNED)[number]>>(
    await trx.raw(
      `insert into robots_conversations as own (${COLUMNS.join(', ')}) ${given.sql} ${UPSERT}
       returning ${RETURNED.join(', ')}`,
      [...given.bindings, ...window, ...window, ...window],
    ),
  );
  const proposed = new Map(rows.map((row) => [placeKey(row.robot, row.group_name, row.person), row]));
  return threadsFrom(written, proposed, contacts);
}

type Proposed = ReturnType<typeof rowOf>;

function threadsFrom(
  written: readonly Pick<ConversationRow, (typeof RETURNED)[number]>[],
  proposed: ReadonlyMap<string, Proposed>,
  contacts: HeardContacts,
): Threads {
  const byKey = new Map(
    written.map((row): [string, Thread] => {
      const key = placeKey(row.robot, row.group_name, row.person);
      const own = proposed.get(key);
      if (!own) throw new Error('A conversation was written that nobody asked for');
      const isOpened = row.opening === own.opening;
      const { contact, contact_uuid, tenant_id, uuid } = own;
      return [
        key,
        { ...row, tenantId: tenant_id, contact, contactUuid: contact_uuid, isOpened, isNew: row.uuid === uuid },
      ];
    }),
  );
  return {
    of(placed) {
      const found = byKey.get(threadKey(placed));
      if (!found) throw new Error('A message has no conversation');
      return found;
    },
    all: [...byKey.values()],
    newContacts: contacts.fresh,
  };
}

function rowOf(messages: readonly Placed[], contacts: HeardContacts, now: number) {
  const last = messages.at(-1);
  const who = messages.findLast(({ isFromContact }) => isFromContact) ?? last;
  const contact = who && contacts.byKey.get(contactKey(contactPlaceOf(who)));
  if (!last || !contact) throw new Error('A message has no contact');
  const { robot, message, person } = last;
  const said = messages.filter(({ isFromContact }) => isFromContact).map((one) => fingerprint(one.message.spoken));
  const uuid = crypto.randomUUID();
  const others = said.findLastIndex((one) => one !== said.at(-1));
  return {
    uuid,
    opening: uuid,
    tenant_id: robot.tenant_id,
    robot: robot.id,
    contact: contact.id,
    heard_as: contact.heardAs,
    group_name: message.group,
    person,
    room_type: message.roomType,
    state: 'open' as const,
    unread: said.length,
    last_message_at: now,
    last_text: message.spoken.slice(0, SHOWN),
    waiting_since: said.length > 0 ? now : null,
    last_in: said.at(-1) ?? null,
    repeats: said.length - 1 - others,
    heard: said.length,
    window_at: now,
    created_at: now,
    updated_at: now,
    contact_uuid: contact.uuid,
  };
}

function threadKey({ robot, message, person }: Pick<Placed, 'robot' | 'message' | 'person'>): string {
  return placeKey(robot.id, message.group, person);
}
