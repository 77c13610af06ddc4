/** What a database knows of the installation that it belongs to: facts by name. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('core_installation', (table) => {
    table.string('name', 60).primary();
    table.text('value').notNullable();
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('core_installation');
}
