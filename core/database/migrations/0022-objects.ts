/** Objects of a bucket whose rows are gone, and when they went: they stay for an hour, for backups that are under way. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('core_released_objects', (table) => {
    table.bigIncrements('id');
    table.string('file', 80).notNullable();
    table.bigInteger('released_at').notNullable();
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('core_released_objects');
}
