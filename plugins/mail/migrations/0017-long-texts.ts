/** Long texts of mails are not stored beside their bytes: this tells that they have to be read from there. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('mail_contents', (table) => {
    table.integer('is_long').notNullable().defaultTo(0);
  });
}

/** The texts of long ones are empty then; their bytes are there as before. */
export async function down(db: Knex): Promise<void> {
  await db.raw('alter table mail_contents drop column is_long');
}
