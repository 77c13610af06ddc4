/** The last call of a provider is found without reading those of the others. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw('create index ai_replies_calls_provider on ai_replies_calls (tenant_id, provider, id)');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index ai_replies_calls_provider');
}
