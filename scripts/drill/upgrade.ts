/**
 * A rolling upgrade under every kind of write: two replicas of the version before the newest migration, of which one after the other
 * is ended as a service manager does and begun in this version. The old and the new one work on one database in between. Nothing
 * that was acknowledged may be missing or there twice.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import knex from 'knex';
import { startPostgres } from '#core/testing/postgres.ts';
import { checkOut, HERE } from '../bench/cpu/checkout.ts';
import { platformSettings, type Running, startPlatformProcess, startScript } from '../bench/processes.ts';
import { makeDatabase } from './nothing-missing.ts';
import { putUnderLoad, replicaSettings, servesAgain, told } from './replicas-under-load.ts';

const PHASE_MS = 10_000;

/** Gives how much is missing, there twice, or too late. */
export async function drillUpgrade(): Promise<number> {
  const before = checkOut(beforeNewestMigration());
  const server = await startPostgres();
  try {
    const database = await makeDatabase(server);
    const settings = replicaSettings({ connection: database });
    const platform = pathToFileURL(join(before.folder, 'scripts', 'bench', 'platform-process.ts')).href;
    const load = await putUnderLoad({
      database,
      start: (dataDir) => startScript(platform, [], { ...platformSettings(dataDir), ...settings }),
    });
    const migrations = await migrationsIn(database);
    const problems: string[] = [];
    for (const number of [0, 1] as const) {
      await sleep(PHASE_MS);
      await replaced(number);
    }
    await sleep(PHASE_MS);
    const made = (await migrationsIn(database)) - migrations;
    console.log(`from ${before.name}; ${made} migrations were made while the other replica worked`);
    if (made === 0) problems.push('no migration was made');
    problems.push(...(await load.end()));
    return told(problems);

    async function replaced(number: 0 | 1): Promise<void> {
      await load.replicas[number].stop();
      const next: Running = await startPlatformProcess(load.dataDir, settings);
      await load.replace(number, next);
      for (const one of load.latencies) one.endPhase();
      problems.push(...(await servesAgain(`replica ${number + 1} of the new version`, load.latencies)));
    }
  } finally {
    await server.stop();
    before.remove();
  }
}

/** The commit before the one that has brought the newest migration. */
function beforeNewestMigration(): string {
  const paths = ['core/database/migrations', 'plugins/*/migrations'];
  const newest = execFileSync('git', ['log', '-1', '--format=%H', '--diff-filter=A', '--', ...paths], {
    cwd: HERE,
    encoding: 'utf8',
  });
  return `${newest.trim()}~1`;
}

/** How many have been made, of the core and of all plugins. */
async function migrationsIn(connection: string): Promise<number> {
  const db = knex({ client: 'pg', connection, pool: { min: 0, max: 1 } });
  const { rows } = await db.raw(
    "select table_name from information_schema.tables where table_schema = 'public' and table_name like '%migrations'",
  );
  let all = 0;
  for (const { table_name } of rows) all += Number((await db(table_name).count({ total: '*' }).first())?.total);
  await db.destroy();
  return all;
}
