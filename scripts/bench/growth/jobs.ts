/** Jobs: one kind that is quick and all of whose jobs wait, and one whose jobs wait for their time. */
import Type from 'typebox';
import type { Database } from '#core/plugin.ts';
import { fill, oneOf, spellingOf } from './filling.ts';
import type { Measured, Part, PartContext } from './parts.ts';

const TRIVIAL = 'bench.trivial';
/** Any that is declared. */
const ANY_KIND = 'auth.sendMail';
const DAY_MS = 24 * 3600 * 1000;
/** How long jobs are let run for their rate. */
const RUN_MS = 2_000;

export const jobs: Part = {
  async fill({ services: { db }, count }) {
    const common = { payload: `'{}'`, attempts: 0, max_attempts: 10 };
    const now = Date.now();
    const later = Math.floor(count / 10);
    await fill(db, 'core_jobs', later, {
      ...common,
      name: `'bench.later'`,
      state: `'ready'`,
      run_at: `${now + DAY_MS} + i`,
      is_due: 0,
      priority: 0,
      lane: `'tenant-' || (i % 1000)`,
      created_at: `${now} - i`,
    });
    await fill(db, 'core_jobs', later, {
      ...common,
      name: `'bench.dead'`,
      state: `'dead'`,
      run_at: `${now} - i`,
      is_due: 0,
      priority: 0,
      lane: `''`,
      created_at: `${now} - i`,
    });
    await fillTrivial(db, count);
    await fillRecords(db, count);
  },
  measured(context) {
    const { services, get, cron } = context;
    const { db, jobs: queue, clock } = services;
    const listed: Measured[] = [
      { what: 'health/ready', run: () => get('/health/ready') },
      { what: 'metrics', run: () => get('/metrics') },
      { what: 'jobs: list', run: () => get('/api/platform/jobs') },
      { what: 'jobs: list of dead ones', run: () => get('/api/platform/jobs?state=dead') },
      { what: 'jobs: list by kind', run: () => get('/api/platform/jobs?name=bench.dead&state=dead') },
      { what: 'runs of scheduled work: list', run: () => get('/api/platform/cron/runs') },
      { what: 'runs of scheduled work: failed ones', run: () => get('/api/platform/cron/runs?status=failed') },
      { what: 'long work: list', run: () => get('/api/platform/operations') },
      ...['core.sweepFiles', 'core.forgetRequests', 'core.tidyOperations'].map((name) => ({
        what: `cron: ${name}`,
        times: 3,
        run: () => cron(name),
      })),
      {
        what: 'jobs: enqueue one for later',
        run: () =>
          db.transaction((trx) => queue.enqueue(trx, ANY_KIND, {}, { runAt: clock.now() + DAY_MS, lane: 'tenant-1' })),
      },
      { what: 'jobs: one trivial job (1/rate)', times: 3, isOwnTime: true, run: rateOf(context) },
    ];
    return listed;
  },
};

/** What is written down about scheduled and long work, and requests that may be repeated. */
async function fillRecords(db: Database, count: number): Promise<void> {
  const now = Date.now();
  const { uuid } = spellingOf(db);
  const at = `${now} - i * 1000`;
  await fill(db, 'core_cron_runs', count, {
    job: `'bench.run' || (i % 30)`,
    scheduled_at: at,
    started_at: at,
    finished_at: at,
    attempts: 1,
    status: oneOf('i', ...Array(99).fill('done'), 'failed'),
  });
  await fill(db, 'core_operations', count, {
    uuid: uuid('i', 9),
    kind: `'bench.work'`,
    title: `'Work'`,
    is_private: 'i < 0',
    can_cancel: 'i < 0',
    state: `'done'`,
    done: 1,
    message: `''`,
    process: `'bench'`,
    leased_until: now,
    begun_at: `${now} - i`,
    changed_at: `${now} - i`,
    ended_at: `${now} - i`,
  });
  await fill(db, 'core_once', count, {
    scope: `'bench'`,
    key: `'key' || i`,
    request_hash: `''`,
    expires_at: `${now + DAY_MS} + i`,
  });
}

async function fillTrivial(db: Database, count: number): Promise<void> {
  const now = Date.now();
  await fill(db, 'core_jobs', count, {
    name: `'${TRIVIAL}'`,
    payload: `'{}'`,
    state: `'ready'`,
    run_at: `${now} - 10000000 + i`,
    is_due: 1,
    priority: 0,
    attempts: 0,
    max_attempts: 10,
    lane: `'tenant-' || (i % 1000)`,
    created_at: `${now} - 10000000 + i`,
  });
}

/** Milliseconds that one job takes while so many wait. They begin with the first call, when their kind is declared. */
function rateOf({ services: { db, jobs: queue }, count }: PartContext): () => Promise<number> {
  let ran = 0;
  let isDeclared = false;
  let left = count;
  const run = async (): Promise<void> => void ran++;
  return async () => {
    if (left < count / 2) await fillTrivial(db, count - left);
    if (!isDeclared) queue.add({ name: TRIVIAL, summary: 'Does nothing', payload: Type.Object({}), run });
    isDeclared = true;
    await db.transaction((trx) => queue.enqueue(trx, TRIVIAL, {}, { runAt: Date.now() + 1 }));
    const before = ran;
    const startedAt = performance.now();
    while (performance.now() - startedAt < RUN_MS && ran - before < count * 0.9) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const each = (performance.now() - startedAt) / Math.max(1, ran - before);
    left = count - (ran - before);
    return each;
  };
}
