/** Plans, subscriptions, what tenants used, invoices, coupons, and what payment providers know of them. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('billing_plans', (table) => {
    table.increments('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('plan_id', 64).notNullable().unique();
    table.string('display_name', 200).notNullable();
    table.string('description', 2000).notNullable().defaultTo('');
    table.bigInteger('price_monthly').notNullable();
    table.bigInteger('price_yearly').notNullable();
    table.string('currency', 3).notNullable();
    table.integer('trial_days').notNullable().defaultTo(0);
    table.text('limits').notNullable();
    table.text('features').notNullable();
    table.integer('is_public').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
  });
  await db.schema.createTable('billing_plan_refs', (table) => {
    table.integer('plan').notNullable().references('billing_plans.id').onDelete('cascade');
    table.string('provider', 40).notNullable();
    table.string('product_ref', 255).notNullable();
    table.string('monthly_ref', 255);
    table.bigInteger('monthly_amount');
    table.string('yearly_ref', 255);
    table.bigInteger('yearly_amount');
    table.string('currency', 3).notNullable();
    table.bigInteger('synced_at').notNullable();
    table.primary(['plan', 'provider']);
  });
  // Prices that were sold once stay known: subscriptions may run on them for years.
  await db.schema.createTable('billing_price_refs', (table) => {
    table.string('provider', 40).notNullable();
    table.string('price_ref', 255).notNullable();
    table.integer('plan').notNullable().references('billing_plans.id').onDelete('cascade').index();
    table.string('billing_cycle', 16).notNullable();
    table.primary(['provider', 'price_ref']);
  });
  await db.schema.createTable('billing_coupons', (table) => {
    table.increments('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('code', 64).notNullable().unique();
    table.integer('percent_off');
    table.bigInteger('amount_off');
    table.string('currency', 3).notNullable();
    table.string('duration', 16).notNullable();
    table.integer('duration_in_months');
    table.integer('max_redemptions');
    table.integer('times_redeemed').notNullable().defaultTo(0);
    table.bigInteger('expires_at');
    table.integer('is_active').notNullable();
    table.string('provider_ref', 255);
    table.bigInteger('created_at').notNullable();
  });
  await db.schema.createTable('billing_subscriptions', (table) => {
    table.increments('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable().unique();
    table.integer('plan').notNullable().references('billing_plans.id').index();
    table.string('provider', 40).notNullable();
    table.string('provider_ref', 255);
    table.string('customer_ref', 255);
    table.string('status', 16).notNullable();
    table.string('billing_cycle', 16).notNullable();
    table.bigInteger('price').notNullable();
    table.string('currency', 3).notNullable();
    // Every period's end is counted from here, so that the 31st stays the 31st.
    table.bigInteger('anchor_at').notNullable();
    table.bigInteger('period_start').notNullable();
    table.bigInteger('period_end').notNullable();
    table.bigInteger('trial_end');
    table.integer('cancel_at_period_end').notNullable().defaultTo(0);
    table.bigInteger('canceled_at');
    table.bigInteger('past_due_since');
    table.integer('next_plan').references('billing_plans.id').index();
    table.string('next_cycle', 16);
    table.integer('coupon').references('billing_coupons.id');
    // How many further periods the coupon is good for; null for ever.
    table.integer('coupon_periods');
    table.bigInteger('credit').notNullable().defaultTo(0);
    table.bigInteger('synced_at').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.unique(['provider', 'provider_ref']);
    table.index(['status', 'period_end']);
  });
  await db.schema.createTable('billing_overrides', (table) => {
    table.string('tenant_id', 36).primary();
    table.text('limits').notNullable();
    table.bigInteger('updated_at').notNullable();
  });
  await db.schema.createTable('billing_checkouts', (table) => {
    table.increments('id');
    table.string('session_id', 255).notNullable().unique();
    table.string('tenant_id', 36).notNullable().index();
    table.string('provider', 40).notNullable();
    table.integer('plan').notNullable().references('billing_plans.id').onDelete('cascade');
    table.string('billing_cycle', 16).notNullable();
    table.bigInteger('amount').notNullable();
    table.string('currency', 3).notNullable();
    table.integer('coupon').references('billing_coupons.id');
    table.string('status', 16).notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('expires_at').notNullable();
    table.bigInteger('completed_at');
    table.string('invoice_number', 40);
    // JSON: what the amount is made of, as it was shown.
    table.text('quote').notNullable();
    table.index(['status', 'expires_at']);
  });
  await db.schema.createTable('billing_counters', (table) => {
    table.string('name', 40).primary();
    table.bigInteger('value').notNullable();
  });
  await db.schema.createTable('billing_invoices', (table) => {
    table.increments('id');
    table.string('number', 40).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.string('provider', 40).notNullable();
    table.string('provider_ref', 255);
    table.string('status', 16).notNullable();
    table.string('currency', 3).notNullable();
    table.bigInteger('subtotal').notNullable();
    table.bigInteger('discount').notNullable();
    table.bigInteger('credit').notNullable();
    table.bigInteger('total').notNullable();
    table.text('lines').notNullable();
    table.text('issuer').notNullable();
    table.text('customer').notNullable();
    table.bigInteger('period_start').notNullable();
    table.bigInteger('period_end').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('due_at').notNullable();
    table.bigInteger('paid_at');
    table.index(['tenant_id', 'id']);
    table.unique(['provider', 'provider_ref']);
  });
  await db.schema.createTable('billing_provider_events', (table) => {
    table.string('provider', 40).notNullable();
    table.string('event_id', 255).notNullable();
    table.bigInteger('at').notNullable().index();
    table.primary(['provider', 'event_id']);
  });
  await db.schema.createTable('billing_usage', (table) => {
    table.string('tenant_id', 36).notNullable();
    table.string('meter', 64).notNullable();
    // `2026-02`, or `now` for meters that count what there is.
    table.string('period', 7).notNullable();
    table.bigInteger('used').notNullable();
    // Bits of what was announced, and in which month.
    table.integer('announced').notNullable();
    table.string('announced_in', 7).notNullable();
    table.bigInteger('updated_at').notNullable();
    table.primary(['tenant_id', 'meter', 'period']);
    table.index(['period']);
  });
  await db.schema.createTable('billing_usage_daily', (table) => {
    table.string('tenant_id', 36).notNullable();
    table.string('day', 10).notNullable();
    table.string('meter', 64).notNullable();
    table.bigInteger('used').notNullable();
    table.primary(['tenant_id', 'day', 'meter']);
    table.index(['day']);
  });
  await db.schema.createTable('billing_usage_history', (table) => {
    table.string('tenant_id', 36).notNullable();
    table.string('period', 7).notNullable();
    table.string('meter', 64).notNullable();
    table.bigInteger('used').notNullable();
    table.bigInteger('closed_at').notNullable();
    table.primary(['tenant_id', 'period', 'meter']);
  });
  await db.schema.createTable('billing_usage_keys', (table) => {
    table.string('tenant_id', 36).notNullable();
    table.string('meter', 64).notNullable();
    table.string('idempotency_key', 200).notNullable();
    table.bigInteger('at').notNullable().index();
    table.primary(['tenant_id', 'meter', 'idempotency_key']);
  });
}

const TABLES = [
  'billing_usage_keys',
  'billing_usage_history',
  'billing_usage_daily',
  'billing_usage',
  'billing_provider_events',
  'billing_invoices',
  'billing_counters',
  'billing_checkouts',
  'billing_overrides',
  'billing_subscriptions',
  'billing_coupons',
  'billing_price_refs',
  'billing_plan_refs',
  'billing_plans',
];

export async function down(db: Knex): Promise<void> {
  for (const table of TABLES) await db.schema.dropTable(table);
}
