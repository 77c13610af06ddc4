/** Keys of requests that may be repeated, with what was answered first. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('core_once', (table) => {
    table.string('scope', 200).notNullable();
    table.string('key', 200).notNullable();
    table.string('request_hash', 64).notNullable();
    table.text('result');
    table.bigInteger('expires_at').notNullable().index();
    table.primary(['scope', 'key']);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('core_once');
}
