/** What time alone did to a subscription, so that it can be taken back when the clock was wrong; closings in order of time. */
import type { Knex } from 'knex';

const INDEXES: readonly [name: string, on: string][] = [
  ['billing_subscriptions_moved', 'billing_subscriptions (moved_at) where moved_at is not null'],
  ['billing_usage_history_closed', 'billing_usage_history (closed_at)'],
];

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('billing_subscriptions', (table) => {
    table.bigInteger('moved_at');
    // JSON: the states before, oldest first, each with the invoices that were issued and closed.
    table.text('moves');
  });
  for (const [name, on] of INDEXES) await db.raw(`create index ${name} on ${on}`);
}

export async function down(db: Knex): Promise<void> {
  for (const [name] of INDEXES) await db.raw(`drop index ${name}`);
  await db.schema.alterTable('billing_subscriptions', (table) => table.dropColumns('moved_at', 'moves'));
}
