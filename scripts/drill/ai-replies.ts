/**
 * Kills the process while models answer what robots hear. Each message that was acknowledged is answered in the end, and in one
 * answer alone: none is lost between the model and the room, and none is said twice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LLMock } from '@copilotkit/aimock';
import knex from 'knex';
import { type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { adminOf, type MadeRobot, makeRobots, postJson, sendJson } from '../bench/robots/fleet.ts';
import { kill } from './kill.ts';

const ROBOTS = 4;
const PEOPLE = 6;
const SETTLED_WITHIN_MS = 90_000;

/** Gives how many messages have no answer, or more than one. */
export async function drillAiReplies(rounds: number): Promise<number> {
  const folder = temporaryFolder();
  const model = await slowModel();
  const settings = {
    PATCHBAY_PLUGINS__AI_REPLIES__PROVIDERS: JSON.stringify({
      fake: { kind: 'openai-compatible', baseUrl: `${model.url}/v1`, apiKey: 'k', model: 'm', schemas: true },
    }),
    PATCHBAY_PLUGINS__AI_REPLIES__GATHER: JSON.stringify({ pauseSeconds: 1, mostSeconds: 3 }),
    PATCHBAY_PLUGINS__ROBOTS__LOOP: JSON.stringify({ exchanges: 10_000 }),
    PATCHBAY_HTTP__OUTBOUND__ALLOW: JSON.stringify(['127.0.0.1']),
  };
  const said = new Set<string>();
  let robots: MadeRobot[] = [];
  for (let round = 1; round <= rounds; round++) {
    const platform = await startPlatformProcess(folder.path, settings);
    if (robots.length === 0) robots = await prepared(platform);
    const load = robots.map((robot, index) => speak(platform, robot, `${round}-${index}`));
    await sleep(1_500 + Math.random() * 3_000);
    await kill(platform);
    await Promise.all(load);
    console.log(`round ${round}: killed; ${said.size} messages acknowledged so far`);
  }

  const last = await startPlatformProcess(folder.path, settings);
  const filename = `${folder.path}/patchbay.sqlite3`;
  const until = performance.now() + SETTLED_WITHIN_MS;
  while (performance.now() < until && missing(await answered(filename)).length > 0) await sleep(500);
  // What would be said again is said within this time.
  await sleep(5_000);
  await last.stop();
  const answers = await answered(filename);
  await model.stop();
  folder.remove();
  const problems = [
    ...missing(answers).map((id) => `no answer: ${id}`),
    ...[...said].filter((id) => (answers.get(id) ?? 0) > 1).map((id) => `answered ${answers.get(id)} times: ${id}`),
  ];
  for (const problem of problems.slice(0, 20)) console.log(problem);
  return problems.length;

  async function speak(platform: Running, { robotId, token }: MadeRobot, place: string): Promise<void> {
    for (let number = 0; ; number++) {
      const messageId = `message-${place}-${number}.`;
      const person = `person ${number % PEOPLE}`;
      const body = { robotId, messageId, spoken: `It is ${messageId}`, receivedName: person, roomType: 2, textType: 1 };
      const answer = await postJson(platform, '/api/robot/messages', token, body).catch(() => null);
      if (!answer) return;
      said.add(messageId);
      await sleep(Math.random() * 400);
    }
  }

  function missing(answers: ReadonlyMap<string, number>): string[] {
    return [...said].filter((id) => !answers.has(id));
  }
}

/** Robots of a tenant that has agreed to AI, whose answers wait a little. */
async function prepared(platform: Running): Promise<MadeRobot[]> {
  const admin = await adminOf(platform);
  await sendJson(platform, 'PATCH', '/api/v2/tenant/settings', admin, { ai_consent_enabled: true });
  const robots = await makeRobots(platform, admin, ROBOTS);
  for (const { robotId } of robots) {
    const delay = { replyDelayMin: 0, replyDelayMax: 1 };
    await sendJson(platform, 'PATCH', `/api/platform/robots/robots/${robotId}`, admin, delay);
    const policy = { approval: false, rate: { answers: 1_000, minutes: 1 } };
    await sendJson(platform, 'PUT', `/api/platform/ai/policies/${robotId}`, admin, policy);
  }
  return robots;
}

/** A model that takes its time, and repeats which messages it answers. */
async function slowModel(): Promise<LLMock> {
  const model = new LLMock({ port: 0, logLevel: 'silent' });
  model.on({}, async ({ messages }) => {
    await sleep(Math.random() * 600);
    const ids = JSON.stringify(messages.at(-1)?.content).match(/message-[\d-]+\./g) ?? [];
    return { content: JSON.stringify({ action: 'reply', text: `Seen: ${ids.join(' ')}` }) };
  });
  await model.start();
  return model;
}

/** How many answers each message has, by what robots were told to say. */
async function answered(filename: string): Promise<Map<string, number>> {
  const db = knex({ client: 'sqlite3', connection: { filename }, useNullAsDefault: true });
  const commands: { params: string }[] = await db('robots_commands').select('params');
  await db.destroy();
  const counts = new Map<string, number>();
  for (const { params } of commands)
    for (const id of params.match(/message-[\d-]+\./g) ?? []) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
