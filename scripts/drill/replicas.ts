/**
 * Two replicas on PostgreSQL under every kind of write, while one of them is killed, frozen for a minute, and cut off
 * from the database, and while the database itself is restarted. Nothing that was acknowledged may be missing or there
 * twice, and the other replica's callers must hardly notice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import knex from 'knex';
import { startPostgres, type TestPostgres } from '#core/testing/postgres.ts';
import { proxyOf, type TcpProxy } from '#test/support/tcp-proxy.ts';
import { type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { kill } from './kill.ts';
import { createLatencies } from './latencies.ts';
import { makeDatabase, missing } from './nothing-missing.ts';
import { type Acknowledged, beginWrites, prepareWrites, startOutside } from './writes.ts';

const CALM_MS = 10_000;
const FAULT_MS = 10_000;
const FROZEN_MS = 60_000;
const MOST_SLOWER = 3;
/** A p99 of a few milliseconds triples by chance; below this nobody notices. */
const NOT_NOTICED_MS = 100;

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

/** The same database without the proxy. */
function outsideOf(connection: string, server: TestPostgres): string {
  const url = new URL(connection);
  url.port = new URL(server.url).port;
  return url.href;
}
