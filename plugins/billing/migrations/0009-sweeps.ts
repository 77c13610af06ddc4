/** Usage in the order in which its months are closed; subscriptions that a provider follows. */
import type { Knex } from 'knex';

const INDEXES: readonly [name: string, on: string][] = [
  ['billing_usage_closing', 'billing_usage (period, tenant_id, meter)'],
  [
    'billing_subscriptions_followed',
    'billing_subscriptions (asked_at, id) where provider_ref is not null and provider_ended_at is null',
  ],
];

export async function up(db: Knex): Promise<void> {
  for (const [name, on] of INDEXES) await db.raw(`create index ${name} on ${on}`);
}

export async function down(db: Knex): Promise<void> {
  for (const [name] of INDEXES) await db.raw(`drop index ${name}`);
}
