/** Tables of core: blobs, jobs, the run ledger of cron. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('core_blobs', (table) => {
    table.increments('id');
    table.integer('size_bytes').notNullable();
    table.binary('content');
    table.string('file', 64).index();
    table.bigInteger('created_at').notNullable();
  });
  await db.schema.createTable('core_jobs', (table) => {
    table.increments('id');
    table.string('name', 100).notNullable();
    table.text('payload').notNullable();
    table.string('state', 10).notNullable();
    table.integer('priority').notNullable().defaultTo(0);
    table.bigInteger('run_at').notNullable();
    table.integer('attempts').notNullable().defaultTo(0);
    table.integer('max_attempts').notNullable();
    table.string('key', 200).unique();
    table.string('locked_by', 60);
    table.bigInteger('locked_until');
    table.text('last_error');
    table.bigInteger('created_at').notNullable();
    table.index(['state', 'name', 'run_at']);
  });
  await db.schema.createTable('core_cron_runs', (table) => {
    table.increments('id');
    table.string('job', 100).notNullable();
    table.bigInteger('scheduled_at').notNullable();
    table.bigInteger('started_at').notNullable();
    table.bigInteger('finished_at');
    table.string('status', 10).notNullable();
    table.text('error');
    table.unique(['job', 'scheduled_at']);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('core_cron_runs');
  await db.schema.dropTable('core_jobs');
  await db.schema.dropTable('core_blobs');
}
