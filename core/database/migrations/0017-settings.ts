/** What administrators have set in the pages, in versions. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('core_settings', (table) => {
    table.string('area', 60).notNullable();
    table.integer('version').notNullable();
    table.text('sealed').notNullable();
    table.text('changed').notNullable();
    table.bigInteger('created_at').notNullable();
    table.primary(['area', 'version']);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('core_settings');
}
