/** Codes that a clock which was ahead has ended are found without reading all that are over. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`create index robots_codes_over on robots_codes (expires_at) where status = 'expired'`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index robots_codes_over');
}
