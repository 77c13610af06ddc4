/** Kills the process while it counts usage, and asks again for every key that was not acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import knex from 'knex';
import { type Running, startScript, temporaryFolder } from '../bench/processes.ts';
import { kill } from './kill.ts';

/** Gives how much of what was acknowledged is missing, or counted twice. */
export async function drillUsage(rounds: number): Promise<number> {
  const folder = temporaryFolder();
  const asked = new Set<string>();
  const acknowledged = new Set<string>();
  let repeated = 0;
  for (let round = 1; round <= rounds; round++) {
    const counting = await start(String(round));
    const listening = listen(counting);
    await sleep(300 + Math.random() * 1_200);
    await kill(counting);
    await listening;
    console.log(`round ${round}: killed; ${acknowledged.size} counts acknowledged, ${open().length} to be asked again`);
  }
  await listen(await start(''));
  const problems = await check(`${folder.path}/patchbay.sqlite3`);
  for (const problem of problems) console.log(problem);
  console.log(`${acknowledged.size} keys acknowledged, ${repeated} of them asked for again after a kill`);
  folder.remove();
  return problems.length;

  function open(): string[] {
    return [...asked].filter((key) => !acknowledged.has(key));
  }

  function start(round: string): Promise<Running> {
    const keys = open();
    repeated += keys.length;
    return startScript('../drill/usage-process.ts', [folder.path, JSON.stringify(keys), round]);
  }

  async function listen(counting: Running): Promise<void> {
    try {
      for (;;) {
        const line = await counting.next();
        if (typeof line.asked === 'string') asked.add(line.asked);
        if (typeof line.acknowledged === 'string') acknowledged.add(line.acknowledged);
      }
    } catch {
      // The process is gone. A line that it could not end was not acknowledged.
    }
  }

  async function check(filename: string): Promise<string[]> {
    const db = knex({ client: 'sqlite3', connection: { filename }, useNullAsDefault: true });
    // A month that ended meanwhile is in the history.
    const sums = await Promise.all(
      (['billing_usage', 'billing_usage_history'] as const).map((table) => db(table).sum({ used: 'used' }).first()),
    );
    const counted = sums.reduce((sum, row) => sum + Number(row?.used ?? 0), 0);
    const byDay = Number((await db('billing_usage_daily').sum({ used: 'used' }).first())?.used ?? 0);
    const keys = new Set(await db('billing_usage_keys').pluck('idempotency_key'));
    await db.destroy();
    const wanted = acknowledged.size;
    return [
      ...[...acknowledged].filter((key) => !keys.has(key)).map((key) => `lost: ${key}`),
      ...open().map((key) => `never acknowledged: ${key}`),
      ...(counted === wanted ? [] : [`${counted} counted of ${wanted} acknowledged`]),
      ...(byDay === wanted ? [] : [`${byDay} counted by day of ${wanted} acknowledged`]),
    ];
  }
}
