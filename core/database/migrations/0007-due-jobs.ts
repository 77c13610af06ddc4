/**
 * Jobs that are due are marked, so that an index holds them alone in the order in which they are taken; one that waits
 * for its time is marked when that has come. The list of jobs by kind gets its index.
 */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  for (const index of ['claim', 'due', 'next']) await db.raw(`drop index core_jobs_${index}`);
  await db.schema.alterTable('core_jobs', (table) => {
    table.smallint('is_due').notNullable().defaultTo(0);
  });
  const ready = "state = 'ready'";
  await db.raw(`create index core_jobs_claim on core_jobs (is_due, name, lane, priority, run_at, id) where ${ready}`);
  await db.raw(`create index core_jobs_next on core_jobs (is_due, run_at) where ${ready}`);
  // For what a clock that was ahead has noted: only those that wait for their time can rest because of it.
  await db.raw(`create index core_jobs_made on core_jobs (created_at) where ${ready} and is_due = 0`);
  await db.raw(`create index core_jobs_tried on core_jobs (run_at) where ${ready} and is_due = 0 and attempts > 0`);
  await db.raw('create index core_jobs_named on core_jobs (name, id)');
  await db.raw(`create index core_jobs_dead_named on core_jobs (name, id) where state = 'dead'`);
}

export async function down(db: Knex): Promise<void> {
  const made = ['claim', 'next', 'made', 'tried', 'named', 'dead_named'];
  for (const index of made) await db.raw(`drop index core_jobs_${index}`);
  await db.schema.alterTable('core_jobs', (table) => {
    table.dropColumn('is_due');
  });
  await db.raw(`create index core_jobs_claim on core_jobs (name, lane, priority, run_at, id) where state = 'ready'`);
  await db.raw(`create index core_jobs_due on core_jobs (name, lane, run_at) where state = 'ready'`);
  await db.raw(`create index core_jobs_next on core_jobs (run_at) where state = 'ready'`);
}
