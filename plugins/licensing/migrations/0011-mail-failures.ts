/** Why the last mail to a licence's customer was not delivered. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('licensing_licences', (table) => table.text('mail_failure'));
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('licensing_licences', (table) => table.dropColumn('mail_failure'));
}
