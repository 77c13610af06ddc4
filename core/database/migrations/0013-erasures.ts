/** What is gone for good is kept by its ids, so that a plugin that was off hears of it when it is back. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('core_erasures', (table) => {
    table.bigIncrements('id');
    table.string('type', 200).notNullable();
    table.text('event').notNullable();
    table.text('told').notNullable();
    table.bigInteger('created_at').notNullable();
    table.index(['type', 'id']);
  });
  await db.schema.createTable('core_erasure_readers', (table) => {
    table.string('name', 200).primary();
    table.bigInteger('up_to').notNullable();
    table.bigInteger('seen').notNullable();
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('core_erasure_readers');
  await db.schema.dropTable('core_erasures');
}
