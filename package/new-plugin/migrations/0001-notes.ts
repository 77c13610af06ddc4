/** The notes. */
import type { Knex } from 'patchbay-platform/plugin';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('sample_notes', (table) => {
    table.bigIncrements('id');
    table.string('tenant_id', 36).notNullable();
    table.bigInteger('user_id').index();
    table.text('text').notNullable();
    // Times are milliseconds since the epoch.
    table.bigInteger('remind_at').index();
    table.bigInteger('created_at').notNullable();
    // The list: by the key, and by time.
    table.index(['tenant_id', 'id']);
    table.index(['tenant_id', 'created_at', 'id']);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('sample_notes');
}
