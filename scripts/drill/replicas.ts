/**
 * Two replicas on PostgreSQL under every kind of write, while one of them is killed, frozen for a minute, and cut off
 * from the database, and while the database itself is restarted. Nothing that was acknowledged may be missing or there
 * twice, and the other replica's callers must hardly notice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import knex, { type Knex } from 'knex';
import { startPostgres, type TestPostgres } from '#core/testing/postgres.ts';
import { proxyOf, type TcpProxy } from '#test/support/tcp-proxy.ts';
import { ROOT_TOKEN, type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { kill } from './kill.ts';
import { createLatencies } from './latencies.ts';
import { type Acknowledged, beginWrites, prepareWrites, startOutside } from './writes.ts';

const CALM_MS = 10_000;
const FAULT_MS = 10_000;
const FROZEN_MS = 60_000;
const MOST_SLOWER = 3;
/** A p99 of a few milliseconds triples by chance; below this nobody notices. */
const NOT_NOTICED_MS = 100;
const LONGEST_WAIT_MS = 120_000;

/** Gives how much is missing, there twice, or too slow. */
export async function drillReplicas(): Promise<number> {
  const server = await startPostgres();
  const folder = temporaryFolder();
  const outside = await startOutside();
  const latencies = createLatencies();
  const acknowledged: Acknowledged = { mails: new Set(), licences: new Set(), executions: new Set(), keys: new Set() };
  const { proxy, connection } = await proxyOf(await makeDatabase(server));
  const start = (): Promise<Running> =>
    startPlatformProcess(folder.path, {
      PATCHBAY_DATABASE: JSON.stringify({ client: 'pg', connection }),
      PATCHBAY_HTTP__OUTBOUND__ALLOW: JSON.stringify(['127.0.0.1']),
    });
  /** The steady one has a way to the database of its own, which nobody cuts. */
  const direct = await startPlatformProcess(folder.path, {
    PATCHBAY_DATABASE: JSON.stringify({ client: 'pg', connection: outsideOf(connection, server) }),
    PATCHBAY_HTTP__OUTBOUND__ALLOW: JSON.stringify(['127.0.0.1']),
  });
  let troubled = await start();
  await prepareWrites(direct, outside.url);

  const steady = beginWrites({ replica: direct, name: 'steady', acknowledged, latencies });
  let other = beginWrites({ replica: troubled, name: 'troubled-0', acknowledged });
  await sleep(CALM_MS / 2);
  latencies.endPhase();
  await sleep(CALM_MS);
  const calm = latencies.endPhase();
  const problems: string[] = [];

  const phases: [name: string, fault: () => Promise<void>][] = [
    ['one replica killed', killed],
    ['one replica frozen for a minute', frozen],
    ['one replica cut off from the database', () => cutOff(proxy)],
  ];
  for (const [name, fault] of phases) {
    await fault();
    for (const [what, { count, p99 }] of latencies.endPhase()) {
      const before = calm.get(what)?.p99 ?? 0;
      const isSlow = p99 > Math.max(before * MOST_SLOWER, NOT_NOTICED_MS);
      if (isSlow) problems.push(`${name}: ${what} at the other took ${p99.toFixed(0)} ms (p99)`);
      console.log(`${name}: ${what}: ${count}, p99 ${p99.toFixed(0)} ms (calm: ${before.toFixed(0)} ms)`);
    }
  }
  await server.restart();
  await sleep(FAULT_MS);
  console.log(
    `database restarted; ${[...latencies.endPhase()].map(([what, { count }]) => `${count} ${what}`).join(', ')}`,
  );

  await Promise.all([steady.stop(), other.stop()]);
  const db = knex({ client: 'pg', connection: outsideOf(connection, server), pool: { min: 0, max: 2 } });
  problems.push(...(await missing(db, direct, acknowledged)), ...outside.problems(acknowledged.executions));
  await db.destroy();
  for (const problem of problems.slice(0, 30)) console.log(problem);
  const { mails, licences, executions, keys } = acknowledged;
  console.log(
    `${mails.size} mails, ${licences.size} licences, ${executions.size} executions, ${keys.size} API keys acknowledged`,
  );
  await Promise.all([direct.stop(), troubled.stop()]);
  await proxy.stop();
  outside.close();
  await server.stop();
  folder.remove();
  return problems.length;

  async function killed(): Promise<void> {
    await kill(troubled);
    await other.stop();
    await sleep(FAULT_MS);
    troubled = await start();
    other = beginWrites({ replica: troubled, name: 'troubled-1', acknowledged });
  }

  async function frozen(): Promise<void> {
    troubled.process.kill('SIGSTOP');
    await sleep(FROZEN_MS);
    troubled.process.kill('SIGCONT');
  }

  async function cutOff(way: TcpProxy): Promise<void> {
    way.shut();
    way.goSilent();
    await sleep(FAULT_MS);
    way.open();
    await sleep(FAULT_MS);
  }
}

async function makeDatabase(server: TestPostgres): Promise<string> {
  const db = knex({ client: 'pg', connection: server.url, pool: { min: 0, max: 1 } });
  await db.raw('create database drill');
  await db.destroy();
  return Object.assign(new URL(server.url), { pathname: '/drill' }).href;
}

/** The same database without the proxy. */
function outsideOf(connection: string, server: TestPostgres): string {
  const url = new URL(connection);
  url.port = new URL(server.url).port;
  return url.href;
}

async function missing(db: Knex, replica: Running, acknowledged: Acknowledged): Promise<string[]> {
  const until = Date.now() + LONGEST_WAIT_MS;
  const open = (): Promise<unknown> =>
    db('workflows_executions').whereIn('status', ['pending', 'running', 'waiting']).first('id');
  while (Date.now() < until && ((await open()) || (await db('mail_messages').whereNull('parsed_at').first('id')))) {
    await sleep(200);
  }
  const subjects = await db('mail_messages').select('subject').count({ times: '*' }).groupBy('subject');
  const stored = new Map(subjects.map(({ subject, times }) => [String(subject), Number(times)]));
  const unparsed = await db('mail_messages').whereNull('parsed_at').count({ total: '*' }).first();
  const licences = new Set(await db('licensing_licences').pluck('license_id'));
  const keys = new Set(await db('auth_api_keys').pluck('name'));
  const executions = new Map(
    (await db('workflows_executions').select('id', 'status')).map((row) => [row.id, row.status]),
  );
  const dead = await db('core_jobs').where({ state: 'dead' }).count({ total: '*' }).first();
  const headers = { authorization: `Bearer ${ROOT_TOKEN}` };
  const chain = await (
    await fetch(`http://127.0.0.1:${replica.ready.http}/api/platform/audit/verify`, { headers })
  ).json();
  return [
    ...[...acknowledged.mails].filter((subject) => !stored.has(subject)).map((subject) => `lost mail: ${subject}`),
    ...[...acknowledged.mails].filter((subject) => (stored.get(subject) ?? 0) > 1).map((it) => `mail twice: ${it}`),
    ...[...acknowledged.licences].filter((id) => !licences.has(id)).map((id) => `lost licence: ${id}`),
    ...[...acknowledged.keys].filter((name) => !keys.has(name)).map((name) => `lost API key: ${name}`),
    ...[...acknowledged.executions]
      .filter((id) => executions.get(id) !== 'completed')
      .map((id) => `execution ${id}: ${executions.get(id) ?? 'lost'}`),
    ...(Number(unparsed?.total) > 0 ? [`${unparsed?.total} messages are not parsed`] : []),
    ...(Number(dead?.total) > 0 ? [`${dead?.total} jobs gave up`] : []),
    ...(JSON.stringify(chain).includes('"ok":true') ? [] : [`the audit chain is broken: ${JSON.stringify(chain)}`]),
  ];
}
