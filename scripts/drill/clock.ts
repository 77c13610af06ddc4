/**
 * Two replicas on PostgreSQL under every kind of write, the clock of one of them five minutes ahead, then five minutes back, then right
 * again. Nothing that was acknowledged may be missing, be there twice or wait for the wrong clock, and callers of both are served
 * as before.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '#core/testing/postgres.ts';
import { setClock } from './kill.ts';
import { makeDatabase } from './nothing-missing.ts';
import { putUnderLoad, servesAgain, startReplica, told } from './replicas-under-load.ts';

const WRONG_MS = 5 * 60_000;
const PHASE_MS = 15_000;
const MOST_SLOWER = 3;
/** A p99 of a few milliseconds triples by chance; below this nobody notices. */
const NOT_NOTICED_MS = 150;

/** Gives how much is missing, there twice, or too slow. */
export async function drillClock(): Promise<number> {
  const server = await startPostgres();
  const database = await makeDatabase(server);
  const load = await putUnderLoad({ database, start: (dataDir) => startReplica(dataDir, { connection: database }) });
  const problems: string[] = [];
  await sleep(PHASE_MS / 3);
  for (const one of load.latencies) one.endPhase();
  await sleep(PHASE_MS);
  const calm = load.latencies.map((one) => one.endPhase());
  for (const [name, aheadMs] of [
    ['five minutes ahead', WRONG_MS],
    ['five minutes back', -WRONG_MS],
    ['right again', 0],
  ] as const) {
    await setClock(load.replicas[1], aheadMs);
    problems.push(...(await servesAgain(name, load.latencies)));
    await sleep(PHASE_MS);
    for (const [number, one] of load.latencies.entries()) {
      for (const [what, { count, p99 }] of one.endPhase()) {
        const before = calm[number]?.get(what)?.p99 ?? 0;
        const sentence = `${name}: ${what} at ${number === 1 ? 'it' : 'the other'}: ${count}, p99 ${p99.toFixed(0)} ms (calm: ${before.toFixed(0)} ms)`;
        console.log(sentence);
        if (p99 > Math.max(before * MOST_SLOWER, NOT_NOTICED_MS)) problems.push(`too slow: ${sentence}`);
      }
    }
  }
  problems.push(...(await load.end()));
  await server.stop();
  return told(problems);
}
