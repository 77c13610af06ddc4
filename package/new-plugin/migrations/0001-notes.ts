/** The notes. */
import type { Knex } from 'patchbay/plugin';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('sample_notes', (table) => {
    table.increments('id');
    table.string('tenant_id', 64).notNullable();
    table.text('text').notNullable();
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('sample_notes');
}
