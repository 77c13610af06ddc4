/**
 * Two replicas behind PgBouncer, in session mode and in transaction mode with the server's own address beside it, while the pooler
 * dies under every kind of write and is started anew. Nothing that was acknowledged may be missing or there twice, and both serve
 * again within ten seconds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '#core/testing/postgres.ts';
import { startPgBouncer } from '#test/support/pgbouncer.ts';
import { makeDatabase } from './nothing-missing.ts';
import { putUnderLoad, servesAgain, startReplica, told } from './replicas-under-load.ts';

const CALM_MS = 8_000;
const RESTARTS = 2;

/** Gives how much is missing, there twice, or too late. */
export async function drillPgBouncer(): Promise<number> {
  let problems = 0;
  for (const mode of ['session', 'transaction'] as const) problems += await restartUnderLoad(mode);
  return problems;
}

async function restartUnderLoad(mode: 'session' | 'transaction'): Promise<number> {
  const server = await startPostgres();
  const database = await makeDatabase(server);
  const pooler = await startPgBouncer(database, mode);
  const settings = { connection: pooler.connection, ...(mode === 'transaction' && { direct: database }) };
  const load = await putUnderLoad({ database, start: (dataDir) => startReplica(dataDir, settings) });
  const problems: string[] = [];
  for (let restart = 1; restart <= RESTARTS; restart++) {
    await sleep(CALM_MS);
    await pooler.restart();
    // What was under way when it died has ended, one way or the other.
    for (const one of load.latencies) one.endPhase();
    problems.push(...(await servesAgain(`${mode} mode, restart ${restart}`, load.latencies)));
  }
  await sleep(CALM_MS);
  problems.push(...(await load.end()));
  await pooler.stop();
  await server.stop();
  return told(problems);
}
