/** Orders that lists can be asked for, and how much was counted with the key of a call, so that it can be given back. */
import type { Knex } from 'knex';

const INDEXES = {
  billing_invoices: [
    ['status'],
    ['created_at'],
    ['due_at'],
    ['paid_at'],
    ['tenant_id', 'status'],
    ['tenant_id', 'created_at'],
    ['tenant_id', 'due_at'],
    ['tenant_id', 'paid_at'],
  ],
  billing_checkouts: [['status'], ['tenant_id'], ['created_at'], ['expires_at']],
  billing_coupons: [['code'], ['created_at'], ['is_active'], ['expires_at']],
  billing_subscriptions: [['status'], ['plan'], ['created_at'], ['period_end'], ['cancel_at_period_end']],
};

export async function up(db: Knex): Promise<void> {
  for (const [name, orders] of Object.entries(INDEXES)) {
    await db.schema.alterTable(name, (table) => {
      for (const columns of orders) table.index([...columns, 'id']);
    });
  }
  await db.schema.alterTable('billing_overrides', (table) => table.index(['updated_at', 'tenant_id']));
  await db.schema.alterTable('billing_usage', (table) => table.index(['meter', 'period', 'tenant_id']));
  // On PostgreSQL lists compare beginnings byte by byte, whatever the database's collation.
  const collation = db.client.config.client === 'pg' ? 'collate "C"' : '';
  await db.raw(`create index billing_coupons_code_beginning on billing_coupons (code ${collation}, id)`);
  await db.schema.alterTable('billing_usage_keys', (table) => table.bigInteger('amount').notNullable().defaultTo(0));
  await db.raw('create index billing_usage_keys_open on billing_usage_keys (tenant_id, meter) where amount > 0');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index billing_usage_keys_open');
  await db.schema.alterTable('billing_usage_keys', (table) => table.dropColumn('amount'));
  await db.raw('drop index billing_coupons_code_beginning');
  await db.schema.alterTable('billing_usage', (table) => table.dropIndex(['meter', 'period', 'tenant_id']));
  await db.schema.alterTable('billing_overrides', (table) => table.dropIndex(['updated_at', 'tenant_id']));
  for (const [name, orders] of Object.entries(INDEXES)) {
    await db.schema.alterTable(name, (table) => {
      for (const columns of orders) table.dropIndex([...columns, 'id']);
    });
  }
}
