/**
 * Whose words they are, before a message is stored: the contact's, the robot's own that it has heard again, those of a person
 * on the robot's phone or of somebody who is called as the robot is, or a rating. Tables: robots_messages, robots_conversations,
 * robots_contacts.
 */
import { rowsOf, timeWindow, valuesTable } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';
import type { KnownRobot } from '../robots/tables.ts';
import { bearsNameOf, type OwnId, speakerOf } from './identity/identity.ts';
import { placeKey, type ReceivedMessage } from './received-message.ts';

export interface Hearing {
  robot: KnownRobot;
  message: ReceivedMessage;
}

export type Kind = 'contact' | 'phone' | 'namesake' | 'echo' | 'rating';

/** Whose conversation it is. */
interface Counterpart {
  person: string;
  ownId: OwnId | null;
}

export interface Sorted extends Counterpart {
  kind: Kind;
  /** Of an echo and of a rating, whose conversation is there already. */
  conversation: number | null;
}

/** What was sent so long ago is no longer taken for what is heard. */
const ECHO_MS = 60_000;
const RATED_WITHIN_MS = 24 * 3600_000;
/** Of a conversation, however much is sent there: its texts are read with each group of messages that are heard. */
const NEWEST_SENT = 100;
const RATING = /^[1-5]$/;
/** An own message without a place is looked for among so many of the robot's newest. */
const NEWEST_OF_ROBOT = 50;

export async function sorted(trx: Transaction, items: readonly Hearing[], now: number): Promise<Sorted[]> {
  const echoes = await echoesOf(trx, items, now);
  const ratings = await ratingsOf(trx, items, now);
  const found: Sorted[] = [];
  for (const [place, item] of items.entries()) found.push(await sortedOne(trx, item, echoes.get(place), ratings, now));
  return found;
}

async function sortedOne(
  trx: Transaction,
  item: Hearing,
  echo: number | undefined,
  ratings: ReadonlyMap<string, number>,
  now: number,
): Promise<Sorted> {
  const { robot, message } = item;
  const { person, ownId, group } = message;
  if (echo !== undefined) return { kind: 'echo', person, ownId, conversation: echo };
  const speaker = speakerOf(robot, message);
  if (speaker === 'other') {
    const asked = RATING.test(message.spoken.trim()) ? ratings.get(placeKey(robot.id, group, person)) : undefined;
    return { kind: asked === undefined ? 'contact' : 'rating', person, ownId, conversation: asked ?? null };
  }
  const own = await ownEcho(trx, item, now);
  if (own !== null) return { kind: 'echo', person, ownId, conversation: own };
  const kind = speaker === 'self' ? 'phone' : 'namesake';
  return { kind, ...(await counterpartOf(trx, item)), conversation: null };
}

/** In a group, who has written last is spoken to. */
async function counterpartOf(trx: Transaction, { robot, message }: Hearing): Promise<Counterpart> {
  const { person, ownId, group } = message;
  if (group === '' || !bearsNameOf(robot, person)) return { person, ownId };
  const newest = await trx('robots_conversations')
    .where({ robot: robot.id, group_name: group })
    .whereNot({ group_name: '' })
    .orderBy([
      { column: 'last_message_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .first('person', 'contact');
  if (!newest) return { person, ownId };
  return { person: newest.person, ownId: await ownIdOf(trx, robot, newest.contact) };
}

/** What the channel calls a contact, itself or one that became it: one that was kept may be of another channel, or have a name alone. */
async function ownIdOf(trx: Transaction, { channel }: KnownRobot, contact: number): Promise<OwnId | null> {
  const proved = await trx('robots_contacts')
    .where((either) => either.where({ id: contact }).orWhere({ merged_into: contact }))
    .where({ channel })
    .whereNot({ own_id: '' })
    .orderBy('id')
    .first('account', 'own_id');
  return proved ? { account: proved.account, id: proved.own_id } : null;
}

/** Conversations in which the same was sent a moment ago, by the place of the message. Each is heard again once. */
async function echoesOf(trx: Transaction, items: readonly Hearing[], now: number): Promise<Map<number, number>> {
  const said = items.flatMap(({ robot, message: { group, person, spoken, isSelf } }, item) =>
    spoken === '' || isSelf === false ? [] : [{ item, text: spoken.trim(), at: [robot.id, group, person] as const }],
  );
  if (said.length === 0) return new Map();
  const places = new Map(said.map(({ at }) => [placeKey(...at), at]));
  const given = valuesTable(trx, 3, [...places.values()]);
  // In this order: SQLite joins as it is written where it says `cross`, and would walk along all messages else.
  const sent = rowsOf<{
    id: number;
    conversation: number;
    spoken: string;
    robot: number;
    group_name: string;
    person: string;
  }>(
    await trx.raw(
      `select sent.id, sent.conversation, sent.spoken, own.robot, own.group_name, own.person
         from ${given.sql} as given
        cross join robots_conversations own cross join robots_messages sent
        where own.robot = cast(given.column1 as bigint) and own.group_name = given.column2 and own.person = given.column3
          and sent.id in (
            select newest.id from robots_messages newest
             where newest.conversation = own.id and newest.direction = 'out' and newest.created_at between ? and ?
               and newest.echoed_at is null and newest.is_echo = 0 and newest.author in ('robot', 'person')
             order by newest.created_at desc, newest.id desc limit ${NEWEST_SENT})`,
      [...given.bindings, ...timeWindow(now, ECHO_MS)],
    ),
  );
  const byText = Map.groupBy(
    sent.sort((one, other) => one.id - other.id),
    // Compared here: what databases trim are spaces alone.
    ({ robot, group_name, person, spoken }) => `${placeKey(robot, group_name, person)}\0${spoken.trim()}`,
  );
  const taken: number[] = [];
  const found = new Map<number, number>();
  for (const { item, text, at } of said) {
    const echoed = byText.get(`${placeKey(...at)}\0${text}`)?.shift();
    if (!echoed) continue;
    taken.push(echoed.id);
    found.set(item, echoed.conversation);
  }
  await markEchoed(trx, taken, now);
  return found;
}

/** The same for what the phone says of itself without naming the other side. */
async function ownEcho(trx: Transaction, { robot, message }: Hearing, now: number): Promise<number | null> {
  if (message.spoken === '') return null;
  const newest = await trx('robots_messages')
    .where({ robot: robot.id })
    .orderBy('id', 'desc')
    .limit(NEWEST_OF_ROBOT)
    .select('id', 'conversation', 'direction', 'author', 'spoken', 'is_echo', 'echoed_at', 'created_at');
  const [from, to] = timeWindow(now, ECHO_MS);
  const sent = newest.find(
    ({ direction, author, spoken, is_echo, echoed_at, created_at }) =>
      direction === 'out' &&
      (author === 'robot' || author === 'person') &&
      is_echo === 0 &&
      echoed_at === null &&
      created_at >= from &&
      created_at <= to &&
      spoken.trim() === message.spoken.trim(),
  );
  if (!sent) return null;
  await markEchoed(trx, [sent.id], now);
  return sent.conversation;
}

async function markEchoed(trx: Transaction, ids: readonly number[], now: number): Promise<void> {
  if (ids.length > 0) await trx('robots_messages').whereIn('id', ids).update({ echoed_at: now });
}

/** Conversations that were asked for a rating, by the place that a digit comes from. */
async function ratingsOf(trx: Transaction, items: readonly Hearing[], now: number): Promise<Map<string, number>> {
  const digits = items.filter(({ message }) => RATING.test(message.spoken.trim()));
  const found = new Map<string, number>();
  for (const { robot, message } of digits) {
    const asked = await trx('robots_conversations')
      .where({ robot: robot.id, group_name: message.group, person: message.person, state: 'closed' })
      .whereBetween('rating_asked_at', timeWindow(now, RATED_WITHIN_MS))
      .first('id');
    if (asked) found.set(placeKey(robot.id, message.group, message.person), asked.id);
  }
  return found;
}
