/**
 * What robots hear: stored once, with its file, in its conversation, before the answer. All uploads of a moment share a
 * transaction. Tables: robots_messages, robots_conversations, robots_contacts.
 */
import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { insertMany, placeholders, rowsOf } from '#core/database/insert-many.ts';
import { defineBatch, type Services, type Transaction } from '#core/plugin.ts';
import { ROBOT_MESSAGES } from '../meters.ts';
import type { ConversationRow, RobotRow } from '../tables.ts';
import type { RobotCallbacks } from './callbacks.ts';
import { addFigures, figure } from './counts.ts';
import type { HeardMessage, MessageReceipt } from './heard-message.ts';

export interface Messages {
  /** Gives the message's id. Throws `limit_exceeded`. */
  hear(robot: RobotRow, message: HeardMessage): Promise<string>;
}

interface Heard {
  robot: RobotRow;
  message: HeardMessage;
  messageId: string;
}

interface Thread {
  id: number;
  uuid: string;
  robot: number;
  group_name: string;
  person: string;
  contact_uuid: string;
}

const SHOWN = 200;
const COLUMNS = [
  ...['message_id', 'tenant_id', 'robot', 'conversation', 'client_id', 'room_type', 'text_type', 'at_me', 'spoken'],
  ...['raw_spoken', 'group_remark', 'blob', 'media_type', 'phone_time', 'created_at'],
] as const;

export function createMessages({
  db,
  clock,
  blobs,
  events,
  usage,
  robotCallbacks,
}: Services & { robotCallbacks: RobotCallbacks }): Messages {
  const hearing = defineBatch<Heard, string>({ name: 'robots.messages', write: store });

  return {
    async hear(robot, message) {
      const use = { tenantId: robot.tenant_id, meter: ROBOT_MESSAGES };
      const room = usage.room(robot.tenant_id, ROBOT_MESSAGES);
      if ((typeof room === 'string' ? room : await room) === 'none') await usage.consume(null, use);
      const own = `msg_${clock.now()}_${randomBytes(6).toString('hex')}`;
      const messageId = await db.batch(hearing, { robot, message, messageId: own });
      if (messageId === own) usage.note(use);
      return messageId;
    },
  };

  async function store(trx: Transaction, items: Heard[]): Promise<string[]> {
    const now = clock.now();
    const known = await knownOf(trx, items);
    const fresh = items.filter((item) => known.get(keyOf(item)) === item.messageId);
    if (fresh.length > 0) await storeFresh(trx, fresh, now);
    return items.map((item) => known.get(keyOf(item)) ?? item.messageId);
  }

  /** The id of each message by its key: that of its first upload, of whichever moment. */
  async function knownOf(trx: Transaction, items: readonly Heard[]): Promise<Map<string, string>> {
    const ids = new Map<string, string>();
    const named = items.filter(({ message }) => message.clientId !== null);
    if (named.length > 0) {
      // Uploads of one robot take turns here, so that a repeat finds the first.
      if (db.client === 'pg') await lockRobots(trx, named);
      const pairs = named.map(({ robot, message }): [number, string] => [robot.id, message.clientId ?? '']);
      const rows = rowsOf<{ robot: number; client_id: string; message_id: string }>(
        await trx.raw(
          `select own.robot, own.client_id, own.message_id from robots_messages own
             join (values ${placeholders(pairs.length, 2)}) as given
               on own.robot = cast(given.column1 as bigint) and own.client_id = given.column2`,
          pairs.flat() as Knex.RawBinding[],
        ),
      );
      for (const { robot, client_id, message_id } of rows) ids.set(`${robot}\n${client_id}`, message_id);
    }
    for (const item of items) if (!ids.has(keyOf(item))) ids.set(keyOf(item), item.messageId);
    return ids;
  }

  async function storeFresh(trx: Transaction, items: readonly Heard[], now: number): Promise<void> {
    const threads = await threadsOf(trx, items, now);
    const files = items.flatMap(({ message }) => (message.file ? [message.file.stored] : []));
    const blobIds = files.length > 0 ? await blobs.insert(trx, files) : [];
    let next = 0;
    const rows = items.map((item) => {
      const { robot, message, messageId } = item;
      const blob = message.file ? (blobIds[next++] ?? null) : null;
      return [
        ...[messageId, robot.tenant_id, robot.id, threadOf(threads, item).id, message.clientId, message.roomType],
        ...[message.textType, message.atMe ? 1 : 0, message.spoken, message.rawSpoken, message.groupRemark],
        ...[blob, message.file?.mediaType ?? null, message.phoneTime, now],
      ];
    });
    await insertMany(trx, 'robots_messages', COLUMNS, rows);
    await addFigures(
      trx,
      items.flatMap(({ robot, message: { person, group } }) => [
        figure(robot.id, now, 'messages'),
        figure(robot.id, now, 'contact', 1, person),
        ...(group === '' ? [] : [figure(robot.id, now, 'group', 1, group)]),
      ]),
    );
    await countMessages(trx, items);
    await robotCallbacks.messagesHeard(
      trx,
      items.map((item) => receiptOf(item, now)),
    );
    for (const item of items) {
      const { uuid, contact_uuid } = threadOf(threads, item);
      const { robot, message, messageId } = item;
      await events.emit(
        trx,
        'robot.message',
        {
          ...{ message_id: messageId, robot_id: robot.robot_id, conversation_id: uuid, contact_id: contact_uuid },
          ...{ group: message.group, person: message.person, text: message.spoken, text_type: message.textType },
          ...{ room_type: message.roomType, at_me: message.atMe },
        },
        { tenantId: robot.tenant_id, subject: robot.robot_id },
      );
    }
  }

  async function lockRobots(trx: Transaction, items: readonly Heard[]): Promise<void> {
    const ids = [...new Set(items.map(({ robot }) => robot.id))];
    await trx('robots_robots').whereIn('id', ids).orderBy('id').forUpdate().select('id');
  }
}

function keyOf({ robot, message, messageId }: Heard): string {
  return message.clientId === null ? messageId : `${robot.id}\n${message.clientId}`;
}

function threadOf(threads: ReadonlyMap<string, Thread>, { robot, message }: Heard): Thread {
  const found = threads.get(threadKey(robot.id, message.group, message.person));
  if (!found) throw new Error('A message has no conversation');
  return found;
}

function threadKey(robot: number, group: string, person: string): string {
  return `${robot}\n${group}\n${person}`;
}

/** The conversations of the messages, made where there are none, with what the newest message changes in them. */
async function threadsOf(trx: Transaction, items: readonly Heard[], now: number): Promise<Map<string, Thread>> {
  const contacts = await contactsOf(trx, items, now);
  const wanted = new Map<string, { last: Heard; count: number }>();
  for (const item of items) {
    const key = threadKey(item.robot.id, item.message.group, item.message.person);
    wanted.set(key, { last: item, count: (wanted.get(key)?.count ?? 0) + 1 });
  }
  const rows = [...wanted]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([
        ,
        {
          last: { robot, message },
          count,
        },
      ]) => {
        const contact = contacts.get(contactKey(robot, message.person));
        if (!contact) throw new Error('A message has no contact');
        return {
          ...{ uuid: crypto.randomUUID(), tenant_id: robot.tenant_id, robot: robot.id, contact: contact.id },
          ...{
            group_name: message.group,
            person: message.person,
            room_type: message.roomType,
            state: 'open',
            unread: count,
          },
          ...{ last_message_at: now, last_text: message.spoken.slice(0, SHOWN), waiting_since: now },
          ...{ created_at: now, updated_at: now },
          contact_uuid: contact.uuid,
        };
      },
    );
  const columns = [
    ...['uuid', 'tenant_id', 'robot', 'contact', 'group_name', 'person', 'room_type', 'state', 'unread'],
    ...['last_message_at', 'last_text', 'waiting_since', 'created_at', 'updated_at'],
  ] as const satisfies (keyof ConversationRow)[];
  const written = rowsOf<Pick<Thread, 'id' | 'uuid' | 'robot' | 'group_name' | 'person'>>(
    await trx.raw(
      `insert into robots_conversations (${columns.join(', ')}) values ${placeholders(rows.length, columns.length)}
       on conflict (robot, group_name, person) do update set
         state = case when robots_conversations.state in ('closed', 'snoozed') then 'open' else robots_conversations.state end,
         unread = robots_conversations.unread + excluded.unread, room_type = excluded.room_type,
         last_message_at = excluded.last_message_at, last_text = excluded.last_text, updated_at = excluded.updated_at,
         waiting_since = coalesce(robots_conversations.waiting_since, excluded.waiting_since)
       returning id, uuid, robot, group_name, person`,
      rows.flatMap((row) => columns.map((column) => row[column])) as Knex.RawBinding[],
    ),
  );
  const uuids = new Map(rows.map((row) => [threadKey(row.robot, row.group_name, row.person), row.contact_uuid]));
  return new Map(
    written.map((row) => {
      const key = threadKey(row.robot, row.group_name, row.person);
      return [key, { ...row, contact_uuid: uuids.get(key) ?? '' }];
    }),
  );
}

function contactKey(robot: RobotRow, person: string): string {
  return `${robot.tenant_id}\n${robot.channel}\n${person}`;
}

/** The contacts of the messages by their key, made where there are none; those that were merged are the one they became. */
async function contactsOf(trx: Transaction, items: readonly Heard[], now: number) {
  const wanted = new Map(items.map((item) => [contactKey(item.robot, item.message.person), item]));
  const rows = [...wanted].sort(([one], [other]) => (one < other ? -1 : 1));
  const written = rowsOf<{
    id: number;
    uuid: string;
    tenant_id: string;
    channel: string;
    name: string;
    merged_into: number | null;
  }>(
    await trx.raw(
      `insert into robots_contacts (uuid, tenant_id, channel, name, last_seen_at, created_at, updated_at)
       values ${placeholders(rows.length, 7)}
       on conflict (tenant_id, channel, name) do update set last_seen_at = excluded.last_seen_at
       returning id, uuid, tenant_id, channel, name, merged_into`,
      rows.flatMap(([, { robot, message }]) => [
        ...[crypto.randomUUID(), robot.tenant_id, robot.channel, message.person, now, now, now],
      ]) as Knex.RawBinding[],
    ),
  );
  const merged = written.flatMap(({ merged_into }) => (merged_into === null ? [] : [merged_into]));
  const targets = merged.length > 0 ? await trx('robots_contacts').whereIn('id', merged).select('id', 'uuid') : [];
  const byId = new Map(targets.map((row) => [row.id, row]));
  return new Map(
    written.map(({ id, uuid, tenant_id, channel, name, merged_into }) => [
      `${tenant_id}\n${channel}\n${name}`,
      byId.get(merged_into ?? -1) ?? { id, uuid },
    ]),
  );
}

async function countMessages(trx: Transaction, items: readonly Heard[]): Promise<void> {
  const counts = new Map<number, number>();
  for (const { robot } of items) counts.set(robot.id, (counts.get(robot.id) ?? 0) + 1);
  const rows = [...counts].sort(([one], [other]) => one - other);
  await trx.raw(
    `update robots_robots set total_messages = total_messages + cast(given.column2 as bigint)
       from (values ${placeholders(rows.length, 2)}) as given where robots_robots.id = cast(given.column1 as bigint)`,
    rows.flat() as Knex.RawBinding[],
  );
}

function receiptOf({ robot, message, messageId }: Heard, now: number): MessageReceipt {
  return { robot, messageId, receivedAt: now, message };
}
