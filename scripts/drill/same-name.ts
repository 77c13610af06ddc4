/**
 * Kills the process while people of one name write to two robots, alone and in groups, one robot being called as a customer is
 * and one customer as a robot. Nothing that one of them says, and nothing that is noted about them, is said to another, shown
 * to a model for another, or erased with another.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LLMock } from '@copilotkit/aimock';
import knex from 'knex';
import { type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { adminOf, type MadeRobot, makeRobots, postJson, sendJson } from '../bench/robots/fleet.ts';
import { areClocksWrong, kill } from './kill.ts';
import { findMixedUp, type Room, roomOf, wordsIn } from './same-name-check.ts';

const API = '/api/platform/robots';
/** The first is called as a customer of both is, and a customer of the second as this is. */
const NAMES = ['Ada', 'Shop'];
const PEOPLE = ['Ada', 'Bob', 'Shop'];
const GROUPS = ['', 'Club'];
const SETTLED_WITHIN_MS = 60_000;

/** Gives how often something of one went to another, and how many were not answered. */
export async function drillSameName(rounds: number): Promise<number> {
  const folder = temporaryFolder();
  const problems: string[] = [];
  const model = await tellingModel(problems);
  const settings = {
    PATCHBAY_PLUGINS__AI_REPLIES__PROVIDERS: JSON.stringify({
      fake: { kind: 'openai-compatible', baseUrl: `${model.url}/v1`, apiKey: 'k', model: 'm', schemas: true },
    }),
    PATCHBAY_PLUGINS__AI_REPLIES__GATHER: JSON.stringify({ pauseSeconds: 1, mostSeconds: 2 }),
    PATCHBAY_PLUGINS__ROBOTS__LOOP: JSON.stringify({ exchanges: 10_000 }),
  };
  const filename = `${folder.path}/patchbay.sqlite3`;
  let robots: MadeRobot[] = [];
  let rooms: Room[] = [];
  for (let round = 1; round <= rounds; round++) {
    const platform = await startPlatformProcess(folder.path, settings);
    const admin = await adminOf(platform);
    if (robots.length === 0) {
      robots = await prepared(platform, admin);
      rooms = robots.flatMap(({ robotId }) =>
        GROUPS.flatMap((group) => PEOPLE.map((person) => ({ robotId, group, person }))),
      );
      await meet(platform, admin);
    }
    const load = [...rooms.map((room) => speak(platform, room, round)), impersonate(platform)];
    await announce(platform, admin);
    await sleep(1_000 + Math.random() * 2_000);
    await kill(platform);
    await Promise.all(load);
    console.log(`round ${round}: killed; ${rooms.length} rooms of ${PEOPLE.length} names`);
  }

  const last = await startPlatformProcess(folder.path, settings);
  const load = rooms.map((room) => say(last, room, `last-${wordFor(room)}`));
  await Promise.all(load);
  const until = performance.now() + SETTLED_WITHIN_MS;
  while (performance.now() < until && (await unanswered()).length > 0) await sleep(500);
  if (!areClocksWrong) for (const room of await unanswered()) problems.push(`not told: ${nameOf(room)}`);
  problems.push(...(await looked()));
  const before = await keptOf(robots[1]);
  await eraseAda(last);
  await sleep(1_000);
  await last.stop();
  await model.stop();
  problems.push(...(await looked()));
  if ((await keptOf(robots[0])) !== 0) problems.push('something of the one who was erased is left');
  if ((await keptOf(robots[1])) !== before) problems.push('something went that is of who is called the same');
  folder.remove();
  for (const problem of problems.slice(0, 20)) console.log(problem);
  return problems.length;

  function wordFor(room: Room): string {
    return `word-${rooms.findIndex((one) => nameOf(one) === nameOf(room))}.`;
  }

  /** Their own word in each message. */
  async function speak(platform: Running, room: Room, round: number): Promise<void> {
    for (let number = 0; ; number++) {
      const isTaken = await say(platform, room, `message ${round} ${number}: I am ${wordFor(room)}`).catch(() => false);
      if (!isTaken) return;
      await sleep(200 + Math.random() * 600);
    }
  }

  async function say(platform: Running, { robotId, group, person }: Room, spoken: string): Promise<boolean> {
    const token = robots.find((robot) => robot.robotId === robotId)?.token ?? '';
    const place = { receivedName: person, groupName: group, roomType: group === '' ? 2 : 1, atMe: true };
    const body = { robotId, spoken, textType: 1, isSelf: false, ...place };
    await postJson(platform, '/api/robot/messages', token, body);
    return true;
  }

  /** Somebody who is called as the robot is, over a client that does not say whose words it uploads. */
  async function impersonate(platform: Running): Promise<void> {
    const [, { robotId, token } = { robotId: '', token: '' }] = robots;
    for (const spoken of ['What is the price?', '/bot off', 'It is free, ask at evil.example', '/bot off']) {
      const person = spoken.endsWith('?') ? 'Ada' : 'Shop';
      const body = { robotId, spoken, receivedName: person, groupName: 'Market', roomType: 1, textType: 1 };
      const answer = await postJson(platform, '/api/robot/messages', token, body).catch(() => null);
      if (!answer) return;
    }
  }

  /** Each is heard once, and something is noted about them that is theirs alone. */
  async function meet(platform: Running, admin: string): Promise<void> {
    for (const room of rooms) await say(platform, room, `hello, I am ${wordFor(room)}`);
    const known = await contactsOf(platform, admin);
    for (const { id, robot_id, name } of known.filter(({ room }) => room === '')) {
      const place = rooms.findIndex((room) => room.robotId === robot_id && room.group === '' && room.person === name);
      await sendJson(platform, 'PATCH', `${API}/contacts/${id}`, admin, { fields: { secret: `note-${place}.` } });
    }
  }

  async function announce(platform: Running, admin: string): Promise<void> {
    const content = 'News for {{contact.name}}: {{contact.fields.secret}}';
    const wish = { name: 'news', content, robots: robots.map(({ robotId }) => robotId), audience: { everybody: true } };
    const { id } = await postJson(platform, `${API}/broadcasts`, admin, wish);
    await postJson(platform, `${API}/broadcasts/${id}/start`, admin, {});
  }

  /** Who had no answer, or, being spoken with alone, no broadcast. */
  async function unanswered(): Promise<Room[]> {
    const db = knex({ client: 'sqlite3', connection: { filename }, useNullAsDefault: true });
    const commands = await db('robots_commands as own')
      .join('robots_robots as robot', 'robot.id', 'own.robot')
      .select('robot.robot_id', 'own.params', 'own.source');
    await db.destroy();
    const told = new Set(
      commands.map(({ robot_id, params, source }) => `${source} ${nameOf(roomOf(robot_id, JSON.parse(params)))}`),
    );
    const has = (source: string, room: Room) => told.has(`${source} ${nameOf(room)}`);
    return rooms.filter((room) => !has('ai', room) || (room.group === '' && !has('broadcast', room)));
  }

  async function looked(): Promise<string[]> {
    const db = knex({ client: 'sqlite3', connection: { filename }, useNullAsDefault: true });
    const found = await findMixedUp(db, rooms);
    await db.destroy();
    return found;
  }

  /** How much there is of Ada on a robot. */
  async function keptOf(robot: MadeRobot | undefined): Promise<number> {
    const db = knex({ client: 'sqlite3', connection: { filename }, useNullAsDefault: true });
    const counted = await db('robots_messages as own')
      .join('robots_conversations as talk', 'talk.id', 'own.conversation')
      .join('robots_robots as robot', 'robot.id', 'own.robot')
      .where({ 'robot.robot_id': robot?.robotId ?? '', 'talk.person': 'Ada', 'own.direction': 'in' })
      .count({ total: '*' })
      .first();
    await db.destroy();
    return Number(counted?.total ?? 0);
  }

  async function eraseAda(platform: Running): Promise<void> {
    const admin = await adminOf(platform);
    // Alone and in each group: nobody has said that they are one.
    const all = (await contactsOf(platform, admin)).filter(
      ({ robot_id, name }) => robot_id === robots[0]?.robotId && name === 'Ada',
    );
    for (const { id } of all) {
      const url = `http://127.0.0.1:${platform.ready.http}${API}/contacts/${id}`;
      const answer = await fetch(url, { method: 'DELETE', headers: { authorization: `Bearer ${admin}` } });
      if (!answer.ok) problems.push(`a contact could not be erased: ${await answer.text()}`);
    }
  }
}

interface KnownContact {
  id: string;
  robot_id: string;
  room: string;
  name: string;
}

async function contactsOf(platform: Running, admin: string): Promise<KnownContact[]> {
  const url = `http://127.0.0.1:${platform.ready.http}${API}/contacts?limit=100`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${admin}` } });
  return ((await answer.json()) as { items: KnownContact[] }).items;
}

/** Two robots of a tenant that has agreed to AI, which may tell each what is noted about them. */
async function prepared(platform: Running, admin: string): Promise<MadeRobot[]> {
  await sendJson(platform, 'PATCH', '/api/v2/tenant/settings', admin, { ai_consent_enabled: true });
  const robots = await makeRobots(platform, admin, NAMES.length);
  for (const [index, { robotId }] of robots.entries()) {
    const wish = { name: NAMES[index], replyDelayMin: 0, replyDelayMax: 1, aiCallLimitDaily: 10_000 };
    await sendJson(platform, 'PATCH', `${API}/robots/${robotId}`, admin, wish);
    const rate = { answers: 1_000, minutes: 1 };
    const policy = { approval: false, rate, groups: 'always', contact_fields: ['secret'], masking: false };
    await sendJson(platform, 'PUT', `/api/platform/ai/policies/${robotId}`, admin, policy);
  }
  return robots;
}

/** A model that says all that it knows. */
async function tellingModel(problems: string[]): Promise<LLMock> {
  const model = new LLMock({ port: 0, logLevel: 'silent' });
  model.on({}, async ({ messages }) => {
    await sleep(Math.random() * 300);
    const { words, notes } = wordsIn(JSON.stringify(messages));
    if (words.size > 1 || notes.size > 1) problems.push(`a model was shown ${[...words, ...notes].join(' ')}`);
    return { content: JSON.stringify({ action: 'reply', text: `I know ${[...words, ...notes].join(' ')}` }) };
  });
  await model.start();
  return model;
}

function nameOf({ robotId, group, person }: Room): string {
  return `${robotId} ${group} ${person}`;
}
