/** What administrators were told of, so that replicas tell it once. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('core_alerts', (table) => {
    table.string('name', 40).primary();
    // Since when the condition holds; null while it does not.
    table.bigInteger('since');
    table.bigInteger('told_at');
    table.boolean('is_told').notNullable();
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('core_alerts');
}
