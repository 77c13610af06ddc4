/**
 * Two replicas on PostgreSQL under every kind of write, the clock of one of them five minutes ahead, then five minutes back, then right
 * again. Nothing that was acknowledged may be missing or there twice, and callers of both are served alike.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '#core/testing/postgres.ts';
import { setClock } from './kill.ts';
import { makeDatabase } from './nothing-missing.ts';
import { putUnderLoad, type ReplicasUnderLoad, servesAgain, startReplica, told } from './replicas-under-load.ts';

const WRONG_MS = 5 * 60_000;
const PHASE_MS = 15_000;
/** What the clock that was ahead has noted as the end of a wait is waited for: until then nobody knows that it was wrong. */
const LONGEST_WAIT_MS = WRONG_MS + 60_000;
const MOST_SLOWER = 3;
/** A p99 of a few milliseconds triples by chance; below this nobody notices. */
const NOT_NOTICED_MS = 150;

/** Gives how much is missing, there twice, or too slow. */
export async function drillClock(): Promise<number> {
  const server = await startPostgres();
  const database = await makeDatabase(server);
  const load = await putUnderLoad({ database, start: (dataDir) => startReplica(dataDir, { connection: database }) });
  const problems: string[] = [];
  await sleep(PHASE_MS);
  for (const [name, aheadMs] of [
    ['five minutes ahead', WRONG_MS],
    ['five minutes back', -WRONG_MS],
    ['right again', 0],
  ] as const) {
    await setClock(load.replicas[1], aheadMs);
    problems.push(...(await servesAgain(name, load.latencies)));
    await sleep(PHASE_MS);
    problems.push(...compared(name, load.latencies));
  }
  problems.push(...(await load.end(LONGEST_WAIT_MS)));
  await server.stop();
  return told(problems);
}

/** In the same phase, since a machine that has other work is slow for both of them. */
function compared(name: string, [right, wrong]: ReplicasUnderLoad['latencies']): string[] {
  const there = right.endPhase();
  const here = wrong.endPhase();
  return [...here].flatMap(([what, { count, p99 }]) => {
    const other = there.get(what) ?? { count: 0, p99: 0 };
    const sentence = `${name}: ${what}: ${count} at it, p99 ${p99.toFixed(0)} ms; ${other.count} at the other, p99 ${other.p99.toFixed(0)} ms`;
    console.log(sentence);
    const [least, most] = [Math.min(p99, other.p99), Math.max(p99, other.p99)];
    return most > Math.max(least * MOST_SLOWER, NOT_NOTICED_MS) ? [`too slow: ${sentence}`] : [];
  });
}
