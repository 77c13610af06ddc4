/** Why automatic answers of a conversation are off or paused, for who looks at it. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  // Null as long as nothing is paused, and of pauses from before.
  await db.raw('alter table robots_conversations add column paused_by varchar(16)');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('alter table robots_conversations drop column paused_by');
}
