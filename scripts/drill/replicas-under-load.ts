/** Two replicas under every kind of write: what drills on PostgreSQL have in common. */
import { setTimeout as sleep } from 'node:timers/promises';
import knex from 'knex';
import { type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { createLatencies, type Latencies } from './latencies.ts';
import { missing } from './nothing-missing.ts';
import { type Acknowledged, beginWrites, prepareWrites, startOutside, type Writes } from './writes.ts';

export interface ReplicasUnderLoad {
  replicas: [Running, Running];
  dataDir: string;
  acknowledged: Acknowledged;
  /** Of the callers of each. */
  latencies: [Latencies, Latencies];
  /** Another process in place of one of them, which has ended; its callers begin anew. */
  replace(number: 0 | 1, process: Running): Promise<void>;
  /** Ends the load and all that it needed; gives a sentence for each thing that is wrong, and prints what was acknowledged. */
  end(longestWaitMs?: number): Promise<string[]>;
}

export interface LoadOptions {
  /** The URL of the database itself: here is asked what is missing. */
  database: string;
  /** Starts a replica on this data folder. */
  start(dataDir: string): Promise<Running>;
}

const SERVES_WITHIN_MS = 10_000;
const POLL_MS = 50;
/** Mails, licences, API keys, executions, and reads. */
const KINDS = 5;

export async function putUnderLoad({ database, start }: LoadOptions): Promise<ReplicasUnderLoad> {
  const folder = temporaryFolder();
  const outside = await startOutside();
  const acknowledged: Acknowledged = { mails: new Set(), licences: new Set(), executions: new Set(), keys: new Set() };
  const replicas: [Running, Running] = [await start(folder.path), await start(folder.path)];
  await prepareWrites(replicas[0], outside.url);
  const latencies: [Latencies, Latencies] = [createLatencies(), createLatencies()];
  let begun = 0;
  const begin = (number: 0 | 1): ReturnType<typeof beginWrites> => {
    const writes: Writes = {
      replica: replicas[number],
      name: `replica-${number}-${begun++}`,
      acknowledged,
      latencies: latencies[number],
    };
    return beginWrites(writes);
  };
  const writers = [begin(0), begin(1)];

  return {
    replicas,
    dataDir: folder.path,
    acknowledged,
    latencies,
    async replace(number, process) {
      await writers[number]?.stop();
      replicas[number] = process;
      writers[number] = begin(number);
    },
    async end(longestWaitMs) {
      await Promise.all(writers.map((writer) => writer.stop()));
      const db = knex({ client: 'pg', connection: database, pool: { min: 0, max: 2 } });
      const problems = [
        ...(await missing(db, replicas[0], acknowledged, longestWaitMs)),
        ...outside.problems(acknowledged.executions),
      ];
      await db.destroy();
      const { mails, licences, executions, keys } = acknowledged;
      console.log(
        `${mails.size} mails, ${licences.size} licences, ${executions.size} executions, ${keys.size} API keys acknowledged`,
      );
      await Promise.all(replicas.map((one) => one.stop()));
      outside.close();
      folder.remove();
      return problems;
    },
  };
}

/** A replica on that database, which may call the world outside of these drills. */
export function startReplica(dataDir: string, database: object): Promise<Running> {
  return startPlatformProcess(dataDir, replicaSettings(database));
}

export function replicaSettings(database: object): Record<string, string> {
  return {
    PATCHBAY_DATABASE: JSON.stringify({ client: 'pg', ...database }),
    PATCHBAY_HTTP__OUTBOUND__ALLOW: JSON.stringify(['127.0.0.1']),
  };
}

/** Waits until each of them has acknowledged something of each kind; a sentence when that takes too long. */
export async function servesAgain(what: string, latencies: readonly Latencies[]): Promise<string[]> {
  const beganAt = performance.now();
  const kinds = latencies.map(() => new Set<string>());
  const took = (): number => performance.now() - beganAt;
  while (!kinds.every((some) => some.size === KINDS) && took() < 6 * SERVES_WITHIN_MS) {
    await sleep(POLL_MS);
    for (const [number, one] of latencies.entries()) {
      for (const kind of one.endPhase().keys()) kinds[number]?.add(kind);
    }
  }
  const seconds = (took() / 1000).toFixed(1);
  console.log(`${what}: served again after ${seconds} s`);
  return took() > SERVES_WITHIN_MS ? [`${what}: served again after ${seconds} s only`] : [];
}

/** Prints what is wrong; gives how much that is. */
export function told(problems: readonly string[]): number {
  for (const problem of problems.slice(0, 30)) console.log(problem);
  return problems.length;
}
