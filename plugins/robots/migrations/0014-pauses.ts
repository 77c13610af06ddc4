/** Pauses of automatic answers that end too late are found without reading all conversations. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(
    'create index robots_conversations_paused on robots_conversations (paused_until) where paused_until is not null',
  );
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index robots_conversations_paused');
}
