/** Keys know the key that made them, and end with it. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('auth_api_keys', (table) => {
    table.bigInteger('made_with').index();
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('auth_api_keys', (table) => {
    table.dropIndex(['made_with']);
    table.dropColumn('made_with');
  });
}
