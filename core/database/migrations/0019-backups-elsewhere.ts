/** Keys with which backups are encrypted, and what became of their copies in another place. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('core_backup_keys', (table) => {
    table.string('recipient', 100).primary();
    // Sealed.
    table.text('identity').notNullable();
    table.bigInteger('created_at').notNullable();
  });
  await db.schema.createTable('core_backup_copies', (table) => {
    table.bigIncrements('id');
    table.string('backup', 100).notNullable();
    // Where it goes, without secrets.
    table.string('target', 1000).notNullable();
    table.string('state', 12).notNullable();
    table.bigInteger('size_bytes').notNullable();
    // With which the place takes back what was cut off.
    table.text('upload');
    table.string('problem', 1000);
    table.integer('tries').notNullable();
    table.bigInteger('made_at').notNullable();
    table.bigInteger('first_tried_at').notNullable();
    table.bigInteger('tried_at').notNullable();
    table.unique(['target', 'backup']);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('core_backup_copies');
  await db.schema.dropTable('core_backup_keys');
}
