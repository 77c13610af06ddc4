/** Whether anything of one of several people of one name stands where another one reads it. */
import type { Knex } from 'knex';

/** Where somebody speaks with a robot; the group is '' where they are alone. */
export interface Room {
  robotId: string;
  group: string;
  person: string;
}

/** `word-3.` was said in the fourth room; `note-3.` is noted about who is alone in it. */
export function wordsIn(text: string): { words: Set<string>; notes: Set<string> } {
  return { words: new Set(text.match(/word-\d+\./g)), notes: new Set(text.match(/note-\d+\./g)) };
}

/** Whom a command speaks to: a group is told who of it is meant. */
export function roomOf(robotId: string, { titleList, atList }: { titleList: string[]; atList?: string[] }): Room {
  const [title = ''] = titleList;
  const [meant] = atList ?? [];
  return meant === undefined ? { robotId, group: '', person: title } : { robotId, group: title, person: meant };
}

export async function findMixedUp(db: Knex, rooms: readonly Room[]): Promise<string[]> {
  return [
    ...(await amongCommands(db, rooms)),
    ...(await amongTexts(db, rooms, 'robots_messages', 'spoken', 'own.conversation', 'talk.id')),
    ...(await amongTexts(db, rooms, 'ai_replies_replies', 'question', 'own.conversation_id', 'talk.uuid')),
    ...(await amongTexts(db, rooms, 'ai_replies_replies', 'text', 'own.conversation_id', 'talk.uuid')),
    ...(await amongContacts(db, rooms)),
    ...(await ofImpostors(db)),
  ];
}

async function amongCommands(db: Knex, rooms: readonly Room[]): Promise<string[]> {
  const rows = await db('robots_commands as own')
    .join('robots_robots as robot', 'robot.id', 'own.robot')
    .select('robot.robot_id', 'own.params');
  return rows.flatMap(({ robot_id, params }) => {
    const { content, ...to } = JSON.parse(params);
    return wrongIn(content, roomOf(robot_id, to), rooms).map((one) => `said to another: ${one}`);
  });
}

async function amongTexts(
  db: Knex,
  rooms: readonly Room[],
  table: string,
  column: string,
  ours: string,
  theirs: string,
): Promise<string[]> {
  const rows = await db(`${table} as own`)
    .join('robots_conversations as talk', theirs, ours)
    .join('robots_robots as robot', 'robot.id', 'talk.robot')
    .select({ robotId: 'robot.robot_id', group: 'talk.group_name', person: 'talk.person', text: `own.${column}` });
  return rows.flatMap(({ text, ...room }) =>
    wrongIn(text, room, rooms).map((one) => `in ${table}.${column} of another: ${one}`),
  );
}

async function amongContacts(db: Knex, rooms: readonly Room[]): Promise<string[]> {
  const rows = await db('robots_contacts as own')
    .join('robots_robots as robot', 'robot.id', 'own.robot')
    .select({ robotId: 'robot.robot_id', room: 'own.room', person: 'own.name', fields: 'own.fields' });
  const names = rows.map(({ robotId, room, person }) => `${robotId} ${room} ${person}`);
  const twice = names.filter((name, place) => names.indexOf(name) !== place);
  return [
    ...twice.map((name) => `two contacts: ${name}`),
    ...rows.flatMap(({ fields, room: group, ...of }) =>
      wrongIn(fields, { ...of, group }, rooms).map((one) => `noted about another: ${one}`),
    ),
  ];
}

/** Who only bears the robot's name switches nothing and teaches nothing. */
async function ofImpostors(db: Knex): Promise<string[]> {
  const switched = await db('robots_conversations').where({ paused_by: 'switch' }).select('person');
  const suggested = await db('ai_replies_answers').select('answer');
  return [
    ...switched.map(({ person }) => `switched off by who is called as the robot is: ${person}`),
    ...suggested.map(({ answer }) => `suggested by who is called as the robot is: ${answer}`),
  ];
}

/** What of a text is none of this room's. What is noted about somebody is for no group. */
function wrongIn(text: string, room: Room, rooms: readonly Room[]): string[] {
  const { words, notes } = wordsIn(text);
  const own = placeOf(room, rooms);
  const alone = room.group === '' ? own : -1;
  return [
    ...[...words].filter((word) => word !== `word-${own}.`),
    ...[...notes].filter((note) => note !== `note-${alone}.`),
  ].map((word) => `${word} in the room of ${room.person} (${room.group || 'alone'}, ${room.robotId})`);
}

function placeOf({ robotId, group, person }: Room, rooms: readonly Room[]): number {
  return rooms.findIndex((one) => one.robotId === robotId && one.group === group && one.person === person);
}
