/** What is found by an index: activation codes that expire, the log of a tenant. */
import type { Knex } from 'knex';

const ENDING = 'robots_codes_ending';
const OF_TENANT = 'robots_logs_of_tenant';

export async function up(db: Knex): Promise<void> {
  await db.raw(`create index ${ENDING} on robots_codes (expires_at) where status in ('unused', 'used')`);
  await db.raw(`create index ${OF_TENANT} on robots_logs (tenant_id, id)`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`drop index ${OF_TENANT}`);
  await db.raw(`drop index ${ENDING}`);
}
