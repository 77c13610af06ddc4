/** What ends by the clock is found by an index: activation codes that expire, deleted robots that are erased. */
import type { Knex } from 'knex';

const ENDING = 'robots_codes_ending';

export async function up(db: Knex): Promise<void> {
  await db.raw(`create index ${ENDING} on robots_codes (expires_at) where status in ('unused', 'used')`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`drop index ${ENDING}`);
}
