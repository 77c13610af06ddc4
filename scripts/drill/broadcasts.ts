/**
 * Kills the process that sends a broadcast, again and again, and pauses it in between: alone on SQLite, and one of two
 * replicas on PostgreSQL. Everybody gets it once; under clocks that are wrong, whoever does not is counted as failed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import knex, { type Knex } from 'knex';
import { startPostgres } from '#core/testing/postgres.ts';
import { type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { adminOf, type MadeRobot, makeRobots, postJson } from '../bench/robots/fleet.ts';
import { areClocksWrong, kill } from './kill.ts';

const ROBOTS = 3;
const PEOPLE_PER_ROBOT = 120;
/** The fastest that is allowed: ten a second of each robot. */
const PER_MINUTE = 600;
const PATH = '/api/platform/robots/broadcasts';
/** A job of a process that is gone is taken up by another when its lease is over. */
const FINISHED_WITHIN_MS = 180_000;

interface Place {
  start(): Promise<Running>;
  /** How many processes work at once. */
  replicas: number;
  open(): Knex;
}

/** Gives how many did not get it, or got it twice. */
export async function drillBroadcasts(rounds: number): Promise<number> {
  const folder = temporaryFolder();
  const alone: Place = {
    start: () => startPlatformProcess(folder.path),
    replicas: 1,
    open: () =>
      knex({
        client: 'sqlite3',
        connection: { filename: `${folder.path}/patchbay.sqlite3` },
        useNullAsDefault: true,
      }),
  };
  const server = await startPostgres();
  const shared = temporaryFolder();
  const connection = server.url;
  const together: Place = {
    start: () => startPlatformProcess(shared.path, { PATCHBAY_DATABASE: JSON.stringify({ client: 'pg', connection }) }),
    replicas: 2,
    open: () => knex({ client: 'pg', connection, pool: { min: 0, max: 1 } }),
  };
  const problems = [...(await drill('SQLite', alone, rounds)), ...(await drill('two replicas', together, rounds))];
  for (const problem of problems.slice(0, 20)) console.log(problem);
  await server.stop();
  folder.remove();
  shared.remove();
  return problems.length;
}

async function drill(where: string, { start, replicas, open }: Place, rounds: number): Promise<string[]> {
  const running = [await start()];
  while (running.length < replicas) running.push(await start());
  const admin = await adminOf(running[0] as Running);
  const robots = await makeRobots(running[0] as Running, admin, ROBOTS);
  await hearFrom(running[0] as Running, robots);
  const ids = robots.map(({ robotId }) => robotId);
  const wish = { name: 'drill', content: 'text', robots: ids, audience: { everybody: true }, per_minute: PER_MINUTE };
  const { id } = await postJson(running[0] as Running, PATH, admin, wish);
  await postJson(running[0] as Running, `${PATH}/${id}/start`, admin, {});

  for (let round = 0; round < rounds; round++) {
    await sleep(300 + Math.random() * 1_000);
    if (round % 3 === 2) await pauseAwhile(running.at(-1) as Running);
    await kill(running.shift() as Running);
    running.push(await start());
  }
  const last = running[0] as Running;
  const until = performance.now() + FINISHED_WITHIN_MS;
  const isFinished = async () => (await shown(last)).state === 'finished';
  while (performance.now() < until && !(await isFinished())) {
    await Promise.all(robots.map((robot) => carryOut(last, robot)));
    await sleep(500);
  }
  const { state, total, succeeded } = await shown(last);
  await Promise.all(running.map((platform) => platform.stop()));
  console.log(`${where}: ${rounds} kills; ${state}, ${succeeded} of ${total} have it`);
  const problems = await check(open());
  if (state !== 'finished') problems.push(`it is ${state}`);
  return problems.map((problem) => `${where}: ${problem}`);

  async function shown(platform: Running): Promise<any> {
    const headers = { authorization: `Bearer ${admin}` };
    return (await fetch(`http://127.0.0.1:${platform.ready.http}${PATH}/${id}`, { headers })).json();
  }

  async function pauseAwhile(platform: Running): Promise<void> {
    const paused = await postJson(platform, `${PATH}/${id}/pause`, admin, {}).catch(() => null);
    // It has ended before.
    if (!paused) return;
    const before = (await shown(platform)).waiting;
    await sleep(1_000);
    const { waiting } = await shown(platform);
    if (waiting !== before) throw new Error(`A paused broadcast went on: ${before} waited, and then ${waiting}`);
    await postJson(platform, `${PATH}/${id}/resume`, admin, {});
  }
}

/** Everybody has spoken with the robot that will write to them. */
async function hearFrom(platform: Running, robots: readonly MadeRobot[]): Promise<void> {
  for (const [index, { robotId, token }] of robots.entries())
    await Promise.all(
      Array.from({ length: PEOPLE_PER_ROBOT }, (_, person) =>
        postJson(platform, '/api/robot/messages', token, {
          robotId,
          spoken: 'hello',
          receivedName: `${index} ${person}`,
        }),
      ),
    );
}

async function carryOut(platform: Running, { robotId, token }: MadeRobot): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const url = `http://127.0.0.1:${platform.ready.http}/api/robot/commands?robotId=${robotId}`;
  const { data } = (await (await fetch(url, { headers })).json()) as { data: { commands: { commandId: string }[] } };
  for (const { commandId } of data.commands)
    await postJson(platform, '/api/robot/command-result', token, { commandId, errorCode: 0 });
}

async function check(db: Knex): Promise<string[]> {
  const commands = await db('robots_commands')
    .where({ source: 'broadcast' })
    .select('recipient', 'command_id', 'status');
  const recipients = await db('robots_broadcast_recipients').select('name', 'state', 'command_id');
  await db.destroy();
  // What a clock noted that was a day behind or more has lived as long as a command does.
  const expired = new Set(commands.filter(({ status }) => status === 'expired').map(({ command_id }) => command_id));
  if (areClocksWrong)
    console.log(`${expired.size} were noted by a clock that was behind, expired, and are counted as failed`);
  const isTold = ({ state, command_id }: { state: string; command_id: string | null }): boolean =>
    areClocksWrong && state === 'failed' && expired.has(command_id ?? '');
  const byName = Map.groupBy(commands, ({ recipient }) => recipient);
  const wanted = ROBOTS * PEOPLE_PER_ROBOT;
  return [
    ...(recipients.length === wanted ? [] : [`${recipients.length} recipients of ${wanted}`]),
    ...recipients.filter(({ name }) => !byName.has(name)).map(({ name }) => `left out: ${name}`),
    ...[...byName].filter(([, own]) => own.length > 1).map(([name, own]) => `${own.length} times: ${name}`),
    ...recipients
      .filter((recipient) => recipient.state !== 'succeeded' && !isTold(recipient))
      .map(({ name, state }) => `${state}: ${name}`),
  ];
}
