/** Orders that the list of licences can be asked for. */
import type { Knex } from 'knex';

const ORDERS = [['email'], ['created_at'], ['tenant_id', 'email'], ['tenant_id', 'created_at']];

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('licensing_licences', (table) => {
    for (const columns of ORDERS) table.index([...columns, 'id']);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('licensing_licences', (table) => {
    for (const columns of ORDERS) table.dropIndex([...columns, 'id']);
  });
}
