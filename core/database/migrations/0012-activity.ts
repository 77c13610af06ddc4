/** How often things happened, hour by hour: what dashboards draw without reading the rows of plugins. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('core_activity', (table) => {
    // A tenant, or '' for all together.
    table.string('scope', 36).notNullable();
    table.string('name', 100).notNullable();
    table.bigInteger('hour').notNullable();
    table.bigInteger('amount').notNullable();
    table.primary(['scope', 'name', 'hour']);
    table.index('hour');
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('core_activity');
}
