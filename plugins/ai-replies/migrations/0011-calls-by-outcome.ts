/** Calls that have failed are found without reading all others. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw('create index ai_replies_calls_outcome on ai_replies_calls (tenant_id, outcome, id)');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index ai_replies_calls_outcome');
}
