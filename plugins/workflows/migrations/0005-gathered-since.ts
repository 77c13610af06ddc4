/** When the first event of a set was gathered, so that sets that never become complete are forgotten. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('workflows_gathered', (table) => {
    table.bigInteger('created_at').notNullable().defaultTo(0);
  });
  await db('workflows_gathered').update({ created_at: Date.now() });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('workflows_gathered', (table) => {
    table.dropColumn('created_at');
  });
}
