/** The index of jobs' keys holds those that have one: a claim writes no entry for the others. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('core_jobs', (table) => {
    table.dropUnique(['key']);
  });
  await db.raw('create unique index core_jobs_keyed on core_jobs (key) where key is not null');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index core_jobs_keyed');
  await db.schema.alterTable('core_jobs', (table) => {
    table.unique(['key']);
  });
}
