/** What the present period of a subscription was paid with, which a coupon makes less than its price. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  // Null: its price.
  await db.schema.alterTable('billing_subscriptions', (table) => table.bigInteger('period_worth'));
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('billing_subscriptions', (table) => table.dropColumn('period_worth'));
}
