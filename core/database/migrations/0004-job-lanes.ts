/** Jobs have a lane, and indexes by which a claim reads only what it takes, however many others are ready. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('core_jobs', (table) => {
    table.string('lane', 200).notNullable().defaultTo('');
    table.dropIndex(['state', 'name', 'run_at']);
  });
  await db.raw(`create index core_jobs_claim on core_jobs (name, lane, priority, run_at, id) where state = 'ready'`);
  await db.raw(`create index core_jobs_due on core_jobs (name, lane, run_at) where state = 'ready'`);
  await db.raw(`create index core_jobs_next on core_jobs (run_at) where state = 'ready'`);
  await db.raw(`create index core_jobs_running on core_jobs (locked_until) where state = 'running'`);
  await db.raw(`create index core_jobs_dead on core_jobs (id) where state = 'dead'`);
}

export async function down(db: Knex): Promise<void> {
  for (const index of ['claim', 'due', 'next', 'running', 'dead']) await db.raw(`drop index core_jobs_${index}`);
  await db.schema.alterTable('core_jobs', (table) => {
    table.index(['state', 'name', 'run_at']);
    table.dropColumn('lane');
  });
}
