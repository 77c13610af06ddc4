/** (h) Trivial jobs of two replicas on one PostgreSQL, with many waiting: our queue beside Graphile Worker. */
import knex from 'knex';
import { startPostgres } from '#core/testing/postgres.ts';
import { childrenOf, cpuMsOf, parentOf } from './cpu/process-time.ts';
import { type Figure, median, type Running, startScript } from './processes.ts';

const ROUNDS = 3;
const REPLICAS = 2;
const WAITING = 1_000_000;
/** Both warm up before they are measured. */
const WARM_UP_MS = 5_000;
const MEASURED_MS = 10_000;
const PLACES = 10;
const KINDS = ['ours', 'graphile', 'graphile, batched'] as const;
type Kind = (typeof KINDS)[number];

const FILLED: Record<'ours' | 'graphile', string> = {
  ours: `insert into core_jobs (name, payload, state, priority, run_at, is_due, attempts, max_attempts, lane, created_at)
         select 'bench.trivial', '{}', 'ready', 0, 1000 + i, 1, 0, 10, '', 1000 from generate_series(1, ${WAITING}) as s(i)`,
  graphile: `insert into graphile_worker._private_jobs (task_id, payload)
             select tasks.id, '{}'::json from graphile_worker._private_tasks as tasks, generate_series(1, ${WAITING}) as s(i)
              where tasks.identifier = 'trivial'`,
};

export async function measureQueue(): Promise<Figure[]> {
  const rates = new Map<Kind, number[]>(KINDS.map((kind) => [kind, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of KINDS) {
      const { rate, nodeMicros, serverMicros } = await rateOf(kind);
      rates.get(kind)?.push(rate);
      const cpu = `CPU for each: Node ${Math.round(nodeMicros)} µs, PostgreSQL ${Math.round(serverMicros)} µs`;
      console.log(`        ${kind}: ${Math.round(rate)} jobs a second by ${REPLICAS} replicas; ${cpu}`);
    }
  }
  const of = (kind: Kind): number => median(rates.get(kind) ?? []);
  const better = Math.max(of('graphile'), of('graphile, batched'));
  return [
    {
      what: `trivial jobs of ${REPLICAS} replicas on PostgreSQL, of Graphile Worker at its faster setting`,
      value: `${(of('ours') / better).toFixed(2)} (${KINDS.map((kind) => `${kind}: ${Math.round(of(kind))}/s`).join(', ')})`,
      target: 'at least 1',
      isMet: of('ours') >= better,
    },
  ];
}

interface Measured {
  /** Jobs a second. */
  rate: number;
  /** CPU of the replicas and of the server for each job. */
  nodeMicros: number;
  serverMicros: number;
}

/** On a database of its own, with two processes of the kind. */
async function rateOf(kind: Kind): Promise<Measured> {
  const server = await startPostgres();
  const db = knex({ client: 'pg', connection: server.url, pool: { min: 0, max: 1 } });
  const start = () => startScript('./queue-worker.ts', [kind, server.url, String(PLACES)]);
  const first = await start();
  const workers = [first, ...(await Promise.all(Array.from({ length: REPLICAS - 1 }, start)))];
  await db.raw(FILLED[kind === 'ours' ? 'ours' : 'graphile']);
  const left = async (): Promise<number> => {
    const table = kind === 'ours' ? 'core_jobs' : 'graphile_worker._private_jobs';
    const { rows } = await db.raw(`select count(*) as left from ${table}`);
    return Number(rows[0].left);
  };
  await db.raw('analyze');
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  const { rows } = await db.raw('select pg_backend_pid() as pid');
  const own = Number(rows[0].pid);
  const servers = childrenOf(parentOf(own)).filter((pid) => pid !== own);
  const cpu = () => ({ node: cpuSum(workers.map(pidOf)), server: cpuSum(servers) });
  const before = await left();
  const spent = cpu();
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, MEASURED_MS));
  const seconds = (performance.now() - startedAt) / 1000;
  const spentThen = cpu();
  const after = await left();
  for (const worker of workers) await worker.stop();
  await db.destroy();
  await server.stop();
  if (after === 0) throw new Error('Fewer jobs waited than two replicas do: the rate cannot be told');
  const each = (ms: number): number => (ms * 1000) / (before - after);
  return {
    rate: (before - after) / seconds,
    nodeMicros: each(spentThen.node - spent.node),
    serverMicros: each(spentThen.server - spent.server),
  };
}

const pidOf = ({ process }: Running): number => process.pid ?? 0;
const cpuSum = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0);
