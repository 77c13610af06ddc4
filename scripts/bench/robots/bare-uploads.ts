/**
 * The bare limit of uploads by what is kept of them: HTTP POST, and in the platform's own tables, with their indexes, the message, its
 * conversation with its place in the lists, the words by which it is found, the figures of the day and the robot's total. All that waits
 * at one moment shares a transaction (`synchronous=FULL`). No tokens, limits, contacts' identity, repeats, loops, events or rights.
 * Argument: a copy of the platform's database.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { grouped, openDatabase } from '../cpu/bare-database.ts';

const DAY_MS = 24 * 3600_000;
const db = await openDatabase(process.argv[2] ?? '');
const robots = new Map(
  (await db.all<Robot>('select id, robot_id, tenant_id from robots_robots', [])).map((robot) => [
    robot.robot_id,
    robot,
  ]),
);
/** Keys of contacts, by their places. */
const contacts = new Map<string, number>();

interface Robot {
  id: number;
  robot_id: string;
  tenant_id: string;
}

interface Upload {
  robotId: string;
  spoken: string;
  rawSpoken: string;
  receivedName: string;
  groupName: string;
}

interface Heard extends Upload {
  robot: Robot;
  messageId: string;
}

const CONVERSATION = ['uuid', 'tenant_id', 'robot', 'contact', 'group_name', 'person', 'room_type', 'state', 'unread'];
const OF_NOW = ['last_message_at', 'last_text', 'waiting_since', 'created_at', 'updated_at'];
const MESSAGE = ['message_id', 'tenant_id', 'robot', 'conversation', 'room_type', 'text_type', 'at_me', 'spoken'];
const ABOUT = ['raw_spoken', 'group_remark', 'created_at', 'direction', 'author', 'is_echo'];
const into = (table: string, columns: readonly string[]): string =>
  `insert into ${table} (${columns.join(', ')}) select ${columns.map((_, place) => `value ->> ${place}`).join(', ')}
   from json_each(?) where true`;
const UPSERT = `${into('robots_conversations', [...CONVERSATION, ...OF_NOW])}
  on conflict (robot, group_name, person) do update set unread = robots_conversations.unread + excluded.unread,
    last_message_at = excluded.last_message_at, last_text = excluded.last_text, updated_at = excluded.updated_at,
    waiting_since = coalesce(robots_conversations.waiting_since, excluded.waiting_since)
  returning id, robot, group_name, person`;
const COUNT = `${into('robots_counts', ['robot', 'day', 'kind', 'name', 'value'])}
  on conflict (robot, kind, day, name) do update set value = robots_counts.value + excluded.value`;
const TOTAL = `update robots_robots set total_messages = total_messages + given.value, seen_at = ?
  from (select cast(key as integer) as id, value from json_each(?)) as given where robots_robots.id = given.id`;

const keep = grouped(async (heard: Heard[]): Promise<undefined[]> => {
  const now = Date.now();
  await db.exec('begin immediate');
  for (const one of heard) if (!contacts.has(placeOf(one))) contacts.set(placeOf(one), await contactOf(one, now));
  const places = [...Map.groupBy(heard, placeOf).values()].map((all) => {
    const [first] = all as [Heard];
    const { robot, groupName, receivedName, spoken } = first;
    const who = [crypto.randomUUID(), robot.tenant_id, robot.id, contacts.get(placeOf(first)), groupName, receivedName];
    return [...who, 1, 'open', all.length, now, spoken, now, now, now];
  });
  const written = await db.all<{ id: number; robot: number; group_name: string; person: string }>(UPSERT, [
    JSON.stringify(places),
  ]);
  const conversations = new Map(written.map((row) => [`${row.robot}\n${row.group_name}\n${row.person}`, row.id]));
  const messages = heard.map((one) => {
    const { robot, messageId, spoken, rawSpoken } = one;
    const where = [messageId, robot.tenant_id, robot.id, conversations.get(placeOf(one)), 1, 1, 1, spoken];
    return [...where, rawSpoken, '', now, 'in', 'contact', 0];
  });
  const ids = await db.all<{ id: number }>(`${into('robots_messages', [...MESSAGE, ...ABOUT])} returning id`, [
    JSON.stringify(messages),
  ]);
  const words = heard.map(({ robot, spoken }, place) => [ids[place]?.id, wordsOf(robot, spoken)]);
  await db.all(into('robots_message_words', ['rowid', 'words']), [JSON.stringify(words)]);
  const figures = new Map<string, [robot: number, day: number, kind: string, name: string, value: number]>();
  const totals: Record<number, number> = {};
  for (const { robot, receivedName, groupName } of heard) {
    totals[robot.id] = (totals[robot.id] ?? 0) + 1;
    for (const [kind, name] of [['messages', ''], ['contact', receivedName], groupName ? ['group', groupName] : []]) {
      const key = `${robot.id}\n${kind}\n${name}`;
      const known = figures.get(key);
      if (known) known[4]++;
      else if (kind && name !== undefined) figures.set(key, [robot.id, Math.floor(now / DAY_MS), kind, name, 1]);
    }
  }
  await db.all(COUNT, [JSON.stringify([...figures.values()])]);
  await db.all(TOTAL, [now, JSON.stringify(totals)]);
  await db.exec('commit');
  return heard.map(() => undefined);
});

function placeOf({ robot, groupName, receivedName }: Heard): string {
  return `${robot.id}\n${groupName}\n${receivedName}`;
}

async function contactOf({ robot, groupName, receivedName }: Heard, now: number): Promise<number> {
  const columns = ['uuid', 'tenant_id', 'channel', 'known_as', 'robot', 'room', 'name', 'last_seen_at'];
  const uuid = crypto.randomUUID();
  const row = [uuid, robot.tenant_id, 'bare', uuid, robot.id, groupName, receivedName, now, now, now];
  const sql = `${into('robots_contacts', [...columns, 'created_at', 'updated_at'])} returning id`;
  const [made] = await db.all<{ id: number }>(sql, [JSON.stringify([row])]);
  return made?.id ?? 0;
}

/** A Chinese character is a word of its own. */
function wordsOf({ tenant_id }: Robot, spoken: string): string {
  return `t${tenant_id.replaceAll('-', '')} ${[...spoken].join(' ')}`;
}

const server = createServer(async (request, response) => {
  const upload = (await json(request)) as Upload;
  const robot = robots.get(upload.robotId);
  if (!robot) throw new Error('There is no such robot');
  const messageId = `msg_${Date.now()}_${crypto.randomUUID().slice(-12)}`;
  await keep({ ...upload, robot, messageId });
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ code: 0, message: 'ok', data: { messageId } }));
});
// As the platform does: what rests between two commands is not closed while the next is sent.
server.keepAliveTimeout = 65_000;
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ http: (server.address() as AddressInfo).port })));
process.once('SIGTERM', () => process.exit(0));
