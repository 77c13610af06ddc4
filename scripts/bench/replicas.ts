/**
 * (j) One, two and three replicas on one PostgreSQL, each under the same load of its own: what one of each job costs (processor of the
 * replicas and of the server, statements), and how many are done in a second. On a machine with two cores the sum cannot rise with
 * replicas; that an operation costs the same at three as at one says that it would with more cores.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import knex, { type Knex } from 'knex';
import { startPostgres } from '#core/testing/postgres.ts';
import { environment } from '../setup.mjs';
import { childrenOf, cpuMsOf, parentOf } from './cpu/process-time.ts';
import {
  type Figure,
  ROOT_TOKEN,
  type Running,
  runHttpLoad,
  runLoad,
  startPlatformProcess,
  temporaryFolder,
} from './processes.ts';
import { adminOf, type MadeRobot, makeRobots, postJson } from './robots/fleet.ts';

const MOST_REPLICAS = 3;
const SECONDS = 6;
const WARM_UP_SECONDS = 2;
const CONNECTIONS = 20;
const MAIL_BYTES = 20_000;
/** For each replica: more than that would wait for the parser when three share two cores. */
const MAILS_PER_SECOND = 60;
const COMMANDS_PER_SECOND = 60;
const ROBOTS = 200;
/** Work that is done together shares statements; how much of it comes together is chance. */
const MOST_GROWTH = 1.15;
const SETTINGS = [
  'shared_preload_libraries=pg_stat_statements',
  'pg_stat_statements.track=top',
  'pg_stat_statements.max=10000',
  'autovacuum=on',
];

interface Measured {
  perSecond: number;
  replicaMicros: number;
  serverMicros: number;
  statements: number;
}

/** Works at one replica for some seconds; gives how often it was done. */
type Job = (replica: Running, seconds: number, number: number) => Promise<number>;

export async function measureReplicas(): Promise<Figure[]> {
  const server = await startPostgres({ settings: SETTINGS });
  const db = knex({ client: 'pg', connection: server.url, pool: { min: 1, max: 1 } });
  await db.raw('create extension pg_stat_statements');
  const folder = temporaryFolder();
  const database = JSON.stringify({ client: 'pg', connection: server.url });
  const replicas: Running[] = [];
  const jobs = new Map<string, Job>();
  const found = new Map<string, Measured[]>();
  while (replicas.length < MOST_REPLICAS) {
    replicas.push(await startPlatformProcess(folder.path, { PATCHBAY_DATABASE: database }));
    if (jobs.size === 0) for (const [name, job] of await jobsOf(replicas[0] as Running, db)) jobs.set(name, job);
    for (const [name, job] of jobs) {
      await all(replicas, job, WARM_UP_SECONDS);
      const measured = await measure(db, replicas, () => all(replicas, job, SECONDS));
      found.set(name, [...(found.get(name) ?? []), measured]);
      say(name, replicas.length, measured);
    }
  }
  for (const replica of replicas) await replica.stop();
  await db.destroy();
  await server.stop();
  folder.remove();

  return [...found].map(([name, measured]): Figure => {
    const [alone, ...others] = measured.map(({ statements }) => statements) as [number, ...number[]];
    const growth = Math.max(...others) / alone;
    return {
      what: `statements for each ${name} with two and three replicas, of those with one`,
      value: growth.toFixed(2),
      target: `at most ${MOST_GROWTH}`,
      isMet: growth <= MOST_GROWTH,
    };
  });
}

async function all(replicas: readonly Running[], job: Job, seconds: number): Promise<number> {
  const done = await Promise.all(replicas.map((replica, number) => job(replica, seconds, number)));
  return done.reduce((sum, one) => sum + one, 0);
}

async function measure(db: Knex, replicas: readonly Running[], work: () => Promise<number>): Promise<Measured> {
  const own = Number((await db.raw('select pg_backend_pid() as pid')).rows[0].pid);
  const servers = childrenOf(parentOf(own)).filter((pid) => pid !== own);
  const cpu = () => ({ replicas: sum(replicas.map((one) => one.process.pid ?? 0)), server: sum(servers) });
  await db.raw('select pg_stat_statements_reset()');
  const before = cpu();
  const beganAt = performance.now();
  const done = await work();
  const seconds = (performance.now() - beganAt) / 1000;
  const after = cpu();
  const { rows } = await db.raw('select sum(calls) as calls from pg_stat_statements');
  return {
    perSecond: done / seconds,
    replicaMicros: ((after.replicas - before.replicas) * 1000) / done,
    serverMicros: ((after.server - before.server) * 1000) / done,
    statements: Number(rows[0].calls) / done,
  };
}

const sum = (pids: readonly number[]): number => pids.reduce((all, pid) => all + cpuMsOf(pid), 0);

/** A line of a table in Markdown. */
function say(name: string, replicas: number, { perSecond, replicaMicros, serverMicros, statements }: Measured): void {
  const [rate, node, pg] = [perSecond, replicaMicros, serverMicros].map(Math.round);
  console.log(`| ${name} | ${replicas} | ${rate} | ${node} | ${pg} | ${statements.toFixed(2)} |`);
}

async function jobsOf(first: Running, db: Knex): Promise<[string, Job][]> {
  const admin = await adminOf(first);
  const email = 'a@b.example';
  const { license } = await postJson(first, '/api/admin/generate', ROOT_TOKEN, { plan: 'monthly', email });
  const proof = { activation_code: license.activation_code, email, device_id: 'd1' };
  await postJson(first, '/api/verify', '', proof);
  const document = { dsl: '1.0.0', namespace: 'bench', name: 'full', version: '1.0.0' };
  const set = { total: '${ .price * .count }', greeting: '${ "hello " + .name }' };
  const definition = { document: { ...document, metadata: { patchbay: { hook: true } } }, do: [{ one: { set } }] };
  await postJson(first, '/api/platform/workflows', ROOT_TOKEN, { definition });
  const robots = await makeRobots(first, admin, ROBOTS * MOST_REPLICAS);
  const input = { name: 'you', price: 12.5, count: 4 };
  return [
    ['mail of 20 KB, until parsed', (replica, seconds) => mails(db, replica, seconds)],
    ['verify, a known device', load('/api/verify', proof)],
    ['workflow by hook', load('/hooks/bench/full?wait=10', input)],
    ['command to a robot', (replica, seconds, number) => commands(replica, seconds, own(robots, number), admin)],
  ];
}

function load(path: string, body: object): Job {
  return async ({ ready }, seconds) => {
    const options = { port: ready.http, path, seconds, connections: CONNECTIONS, body: JSON.stringify(body) };
    const { perSecond = 0, failures } = await runHttpLoad(options);
    if (failures) throw new Error(`${path} failed ${failures} times`);
    return perSecond * seconds;
  };
}

/** Until all of them are parsed, by whichever replica. */
async function mails(db: Knex, { ready }: Running, seconds: number): Promise<number> {
  const args = [ready.smtp, MAIL_BYTES, seconds, CONNECTIONS, 'kept', MAILS_PER_SECOND].map(String);
  const { accepted = 0 } = await runLoad('./smtp-load.ts', args);
  while (await db('mail_messages').whereNull('parsed_at').first('id')) await sleep(100);
  return accepted;
}

const own = (robots: MadeRobot[], number: number): MadeRobot[] => robots.slice(number * ROBOTS, (number + 1) * ROBOTS);

/** Accepted by one replica for robots that are connected to it, which report what became of it. */
async function commands({ ready }: Running, seconds: number, robots: MadeRobot[], token: string): Promise<number> {
  const script = new URL('./robots/load.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'], env: environment() });
  const ended = once(child, 'exit');
  const order = { mode: 'commands', port: ready.http, robots, token, seconds, perSecond: COMMANDS_PER_SECOND };
  child.stdin.end(JSON.stringify(order));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  await ended;
  const { perSecond, failures, lost } = JSON.parse(line);
  if (failures || lost) throw new Error(`${failures} commands failed, ${lost} did not come`);
  return perSecond * seconds;
}
