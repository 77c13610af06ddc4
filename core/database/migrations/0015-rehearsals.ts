/** What became of backups that were restored for a trial. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('core_rehearsals', (table) => {
    table.bigIncrements('id');
    table.string('backup', 100).notNullable();
    table.string('outcome', 12).notNullable();
    table.string('problem', 1000);
    // Rows that were counted, by noun, as JSON.
    table.text('contents').notNullable();
    table.bigInteger('begun_at').notNullable().index();
    table.bigInteger('took_ms').notNullable();
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('core_rehearsals');
}
