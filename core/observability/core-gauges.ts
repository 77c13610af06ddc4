/** What core itself has to show: jobs, alerts, scheduled work, the size of the database, its connections. */
import type { GaugeDefinition } from './gauges.ts';
import { standardOutput } from './output.ts';

interface Pool {
  numUsed(): number;
  numFree(): number;
  numPendingAcquires(): number;
}

export const coreGauges: readonly GaugeDefinition[] = [
  {
    name: 'patchbay_jobs',
    help: 'Jobs by state; dead ones wait for an operator',
    labels: ['state'],
    async read({ jobs }) {
      return Object.entries(await jobs.counts()).map(([state, value]) => ({ labels: { state }, value }));
    },
  },
  {
    name: 'patchbay_jobs_oldest_due_seconds',
    help: 'How long the oldest job that is due has been waiting',
    async read({ db, clock }) {
      const now = clock.now();
      // Both as core_jobs_next has them: marked as due already, and not yet.
      const first = async (isDue: 0 | 1): Promise<number> => {
        const ready = db.read('core_jobs').whereRaw(`state = 'ready' and is_due = ${isDue}`);
        const row = await ready.min({ at: 'run_at' }).first();
        return row?.at == null ? now : Number(row.at);
      };
      return [{ value: Math.max(0, now - Math.min(await first(0), await first(1))) / 1000 }];
    },
  },
  {
    name: 'patchbay_cron_last_done_timestamp_seconds',
    help: 'When each scheduled job last ended well',
    labels: ['job'],
    async read({ db }) {
      const rows = await db
        .read('core_cron_runs')
        .where('status', 'done')
        .groupBy('job')
        .select('job')
        .max({ at: 'finished_at' });
      return rows.map(({ job, at }) => ({ labels: { job }, value: Number(at ?? 0) / 1000 }));
    },
  },
  {
    name: 'patchbay_database_bytes',
    help: 'Size of the database, and of the write-ahead log on SQLite',
    labels: ['part'],
    async read({ db }) {
      const { databaseBytes, walBytes } = await db.size();
      return [
        { labels: { part: 'database' }, value: databaseBytes },
        { labels: { part: 'log' }, value: walBytes },
      ];
    },
  },
  {
    name: 'patchbay_database_connections',
    help: 'Connections of this process by state, and callers that wait for one',
    labels: ['pool', 'state'],
    async read({ db }) {
      const pools = db.client === 'pg' ? { all: db.write } : { readers: db.read, writer: db.write };
      return Object.entries(pools).flatMap(([name, knex]) => {
        const pool: Pool = knex.client.pool;
        return [
          { labels: { pool: name, state: 'used' }, value: pool.numUsed() },
          { labels: { pool: name, state: 'free' }, value: pool.numFree() },
          { labels: { pool: name, state: 'wanted' }, value: pool.numPendingAcquires() },
        ];
      });
    },
  },
  {
    name: 'patchbay_alert_holds',
    help: 'Conditions that administrators are told of: 1 while one holds; those that never did are missing',
    labels: ['alert'],
    async read({ db }) {
      const rows = await db.read('core_alerts').select('name', 'since');
      return rows.map(({ name, since }) => ({ labels: { alert: name }, value: since === null ? 0 : 1 }));
    },
  },
  {
    name: 'patchbay_log_lines_dropped',
    help: 'Lines of the log that were dropped since the start, because its reader was too slow or gone',
    read: async () => [{ value: standardOutput.dropped() }],
  },
];
