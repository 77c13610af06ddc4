/** Until when a person wants to hear nothing of a condition. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw('alter table core_alerts add column paused_until bigint');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('alter table core_alerts drop column paused_until');
}
