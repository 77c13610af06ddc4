/** The answers of a robot are counted in an index, and read in the order of the list from it. */
import type { Knex } from 'knex';

const OF_ROBOT = 'ai_replies_replies_robot';

export async function up(db: Knex): Promise<void> {
  await db.raw(`create index ${OF_ROBOT} on ai_replies_replies (robot_id, tenant_id, id)`);
  await db.schema.alterTable('ai_replies_replies', (table) => table.dropIndex(['robot_id']));
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('ai_replies_replies', (table) => table.index(['robot_id']));
  await db.raw(`drop index ${OF_ROBOT}`);
}
