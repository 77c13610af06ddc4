/**
 * Counts that are one for all replicas. Unlogged: they last for minutes, and no try of a password waits for a disk, or for
 * a standby. After a crash of PostgreSQL they begin anew.
 */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('core_counts', (table) => {
    table.string('name', 100).notNullable();
    table.string('key', 50).notNullable();
    table.bigInteger('points').notNullable();
    table.bigInteger('ends_at').notNullable();
    table.primary(['name', 'key']);
    table.index('ends_at');
  });
  if (db.client.config.client === 'pg') await db.raw('alter table core_counts set unlogged');
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('core_counts');
}
