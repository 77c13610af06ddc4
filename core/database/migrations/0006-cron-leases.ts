/** A run of scheduled work belongs to a process for as long as that renews its lease, and counts its tries. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('core_cron_runs', (table) => {
    table.bigInteger('locked_until');
    table.integer('attempts').notNullable().defaultTo(1);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('core_cron_runs', (table) => {
    table.dropColumn('locked_until');
    table.dropColumn('attempts');
  });
}
