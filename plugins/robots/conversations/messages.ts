/**
 * What robots hear: stored once, with its file, in its conversation, before the answer. All uploads of a moment share a
 * transaction. Tables: robots_messages, robots_conversations, robots_contacts.
 */

import { insertRows, type News, rowsOf, together, valuesTable } from '#core/kit.ts';
import { defineBatch, type Services, type Transaction } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import { addFigures, figure } from '../counts.ts';
import { refusalOverLimit } from '../limits.ts';
import { ROBOT_MESSAGES } from '../meters.ts';
import type { KnownRobot } from '../robots/tables.ts';
import { sortableId } from '../sortable-id.ts';
import { type Kind, type Sorted, sorted } from './classify-message.ts';
import type { ConversationHooks } from './hooks.ts';
import type { ContactLinks } from './identity/links.ts';
import type { MessageEffects } from './message-effects.ts';
import { type MessageReceipt, type ReceivedMessage, storableMessage } from './received-message.ts';
import type { InboxRules, InboxRulesByTenant } from './rules.ts';
import type { Author } from './tables.ts';
import { contactPlaceOf, type Placed, type Thread, type Threads, threadsOf } from './threads.ts';
import { indexWords } from './words.ts';

export interface Messages {
  /** Gives the message's id, of a repeat that of the first. Throws `limit_exceeded`. */
  receive(robot: KnownRobot, message: ReceivedMessage): Promise<string>;
}

interface Given {
  robot: KnownRobot;
  message: ReceivedMessage;
  rules: InboxRules;
}

interface Received extends Given {
  messageId: string;
}

interface Kept {
  messageId: string;
  /** Not by an upload before. */
  isFresh: boolean;
}

/** With whose words they are. */
type Classified = Received & Sorted;

const AUTHORS: Record<Kind, [direction: 'in' | 'out', author: Author, isEcho: number]> = {
  contact: ['in', 'contact', 0],
  rating: ['in', 'contact', 0],
  phone: ['out', 'phone', 0],
  namesake: ['in', 'namesake', 0],
  echo: ['out', 'robot', 1],
};
const COLUMNS = [
  'message_id',
  'tenant_id',
  'robot',
  'conversation',
  'client_id',
  'room_type',
  'text_type',
  'at_me',
  'spoken',
  'raw_spoken',
  'group_remark',
  'blob',
  'media_type',
  'phone_time',
  'created_at',
  'direction',
  'author',
  'is_echo',
] as const;

export function createMessages({
  db,
  clock,
  blobs,
  events,
  usage,
  config,
  contactLinks,
  conversationHooks,
  inboxRules,
  messageEffects,
}: Services & {
  config: RobotsConfig;
  contactLinks: ContactLinks;
  conversationHooks: ConversationHooks;
  inboxRules: InboxRulesByTenant;
  messageEffects: MessageEffects;
}): Messages {
  const hearing = defineBatch<Given, Kept>({ name: 'robots.messages', write: store });

  return {
    async receive(robot, heard) {
      const message = storableMessage(heard);
      const overLimit = await refusalOverLimit(usage, robot.tenant_id, ROBOT_MESSAGES);
      const kept = overLimit ? await earlierOf(robot, message) : await stored(robot, message);
      // No row points to its file: it need not lie there until the sweep.
      if (message.file && !kept?.isFresh) await blobs.discard(message.file.stored);
      if (!kept) throw overLimit;
      return kept.messageId;
    },
  };

  async function stored(robot: KnownRobot, message: ReceivedMessage): Promise<Kept> {
    const rules = await inboxRules.of(robot.tenant_id);
    const kept = await db.batch(hearing, { robot, message, rules });
    if (kept.isFresh) usage.note({ tenantId: robot.tenant_id, meter: ROBOT_MESSAGES });
    return kept;
  }

  /** What was stored while there was room: its answer may have been lost. */
  async function earlierOf({ id }: KnownRobot, { clientId }: ReceivedMessage): Promise<Kept | null> {
    if (clientId === null) return null;
    const row = await db.read('robots_messages').where({ robot: id, client_id: clientId }).first('message_id');
    return row ? { messageId: row.message_id, isFresh: false } : null;
  }

  /** Their ids begin with the time of the transaction: of what has waited for it, it is heard after all that was written before. */
  async function store(trx: Transaction, given: Given[]): Promise<Kept[]> {
    const now = clock.now();
    const items = given.map((one): Received => ({ ...one, messageId: sortableId('msg', now) }));
    const known = await knownOf(trx, items);
    const isFresh = (item: Received): boolean => known.get(keyOf(item)) === item.messageId;
    const fresh = items.filter(isFresh);
    if (fresh.length > 0) await storeFresh(trx, fresh, now);
    return items.map((item) => ({ messageId: known.get(keyOf(item)) ?? item.messageId, isFresh: isFresh(item) }));
  }

  /** The id of each message by its key: that of its first upload, of whichever moment. */
  async function knownOf(trx: Transaction, items: readonly Received[]): Promise<Map<string, string>> {
    const ids = new Map<string, string>();
    const named = items.filter(({ message }) => message.clientId !== null);
    if (named.length > 0) {
      // Uploads of one robot take turns here, so that a repeat finds the first.
      if (db.client === 'pg') await lockRobots(trx, named);
      const pairs = named.map(({ robot, message }): [number, string] => [robot.id, message.clientId ?? '']);
      const given = valuesTable(trx, 2, pairs);
      const rows = rowsOf<{ robot: number; client_id: string; message_id: string }>(
        await trx.raw(
          `select own.robot, own.client_id, own.message_id from ${given.sql} as given
            cross join robots_messages own
            where own.robot = cast(given.column1 as bigint) and own.client_id = given.column2`,
          given.bindings,
        ),
      );
      for (const { robot, client_id, message_id } of rows) ids.set(`${robot}\n${client_id}`, message_id);
    }
    for (const item of items) if (!ids.has(keyOf(item))) ids.set(keyOf(item), item.messageId);
    return ids;
  }

  async function storeFresh(trx: Transaction, items: readonly Received[], now: number): Promise<void> {
    const kinds = await sorted(trx, items, now);
    const all = items.map((item, place) => classified(item, kinds[place]));
    const placed = all.filter(({ conversation }) => conversation === null);
    await contactLinks.byOwnIds(trx, placed.map(placedOf).map(contactPlaceOf), now);
    const threads = await threadsOf(trx, placed.map(placedOf), now, config.loop.windowMinutes * 60_000);
    const heard = placed.filter(({ kind }) => kind === 'contact');
    const figures = heard.flatMap(({ robot, message: { person, group } }) => [
      figure(robot.id, now, 'messages'),
      figure(robot.id, now, 'contact', 1, person),
      ...(group === '' ? [] : [figure(robot.id, now, 'group', 1, group)]),
    ]);
    await together([
      insertMessages(trx, all, threads, now),
      indexNames(trx, threads),
      addFigures(trx, figures),
      countMessages(trx, all, now),
    ]);
    await conversationHooks.messagesHeard.run(
      trx,
      heard.map((item) => receiptOf(item, now)),
    );
    await events.emitAll(
      trx,
      'robot.message',
      heard.map((item) => newsOf(item, threads.of(item))),
    );
    await messageEffects.follow(
      trx,
      placed.map((item) => ({ ...placedOf(item), thread: threads.of(item), rules: item.rules })),
    );
    for (const { kind, robot, message, conversation, rules } of all)
      if (kind === 'rating' && conversation !== null)
        await messageEffects.rate(trx, { robot, conversation, rating: Number(message.spoken.trim()), rules });
  }

  async function insertMessages(
    trx: Transaction,
    items: readonly Classified[],
    threads: Threads,
    now: number,
  ): Promise<void> {
    const files = items.flatMap(({ message }) => (message.file ? [message.file.stored] : []));
    const blobIds = files.length > 0 ? await blobs.insert(trx, files) : [];
    let next = 0;
    const rows = items.map((item) => {
      const { robot, message, messageId, kind } = item;
      const blob = message.file ? (blobIds[next++] ?? null) : null;
      const conversation = item.conversation ?? threads.of(item).id;
      return [
        messageId,
        robot.tenant_id,
        robot.id,
        conversation,
        message.clientId,
        message.roomType,
        message.textType,
        message.atMe ? 1 : 0,
        message.spoken,
        message.rawSpoken,
        message.groupRemark,
        blob,
        message.file?.mediaType ?? null,
        message.phoneTime,
        now,
        ...AUTHORS[kind],
      ];
    });
    const ids = await insertRows(trx, 'robots_messages', COLUMNS, rows);
    const texts = items.map(({ robot, message, kind }, place) => {
      return { id: ids[place] ?? 0, tenantId: robot.tenant_id, text: kind === 'echo' ? '' : message.spoken };
    });
    const spoken = texts.filter(({ text }) => text !== '');
    if (spoken.length > 0) await indexWords(trx, db.client, 'message', spoken);
  }

  async function indexNames(trx: Transaction, { all, newContacts }: Threads): Promise<void> {
    const fresh = all.filter(({ isNew }) => isNew);
    const names = fresh.map(({ id, tenantId, group_name, person }) => ({
      id,
      tenantId,
      text: `${person} ${group_name}`,
    }));
    if (names.length > 0) await indexWords(trx, db.client, 'conversation', names);
    if (newContacts.length > 0) await indexWords(trx, db.client, 'contact', newContacts);
  }

  async function lockRobots(trx: Transaction, items: readonly Received[]): Promise<void> {
    const ids = [...new Set(items.map(({ robot }) => robot.id))];
    await trx('robots_robots').whereIn('id', ids).orderBy('id').forUpdate().select('id');
  }
}

function newsOf({ robot, message, messageId }: Received, { uuid, contactUuid }: Thread): News<'robot.message'> {
  return {
    data: {
      message_id: messageId,
      robot_id: robot.robot_id,
      conversation_id: uuid,
      contact_id: contactUuid,
      group: message.group,
      person: message.person,
      text: message.spoken,
      text_type: message.textType,
      room_type: message.roomType,
      at_me: message.atMe,
    },
    tenantId: robot.tenant_id,
    subject: robot.robot_id,
  };
}

function keyOf({ robot, message, messageId }: Received): string {
  return message.clientId === null ? messageId : `${robot.id}\n${message.clientId}`;
}

function classified(item: Received, kind: Sorted | undefined): Classified {
  if (!kind) throw new Error('A message was not sorted');
  return { ...item, ...kind };
}

function placedOf({ robot, message, person, ownId, kind }: Classified): Placed {
  return { robot, message, person, ownId, isFromContact: kind === 'contact' };
}

/** What is heard of a robot is its activity; messages of contacts are counted. */
async function countMessages(trx: Transaction, items: readonly Classified[], now: number): Promise<void> {
  if (items.length === 0) return;
  const counts = new Map<number, number>();
  for (const { robot, kind } of items) counts.set(robot.id, (counts.get(robot.id) ?? 0) + (kind === 'contact' ? 1 : 0));
  const rows = [...counts].sort(([one], [other]) => one - other);
  const given = valuesTable(trx, 2, rows);
  await trx.raw(
    `update robots_robots set total_messages = total_messages + cast(given.column2 as bigint), seen_at = ?
       from ${given.sql} as given where robots_robots.id = cast(given.column1 as bigint)`,
    [now, ...given.bindings],
  );
}

function receiptOf({ robot, message, messageId }: Received, now: number): MessageReceipt {
  return { robot, messageId, receivedAt: now, message };
}
