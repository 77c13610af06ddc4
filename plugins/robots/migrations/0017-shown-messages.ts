/** The messages of a conversation that are shown, which leaves out echoes, are counted in the index that orders them. */
import type { Knex } from 'knex';

const SHOWN = 'robots_messages_shown';

export async function up(db: Knex): Promise<void> {
  await db.raw(`create index ${SHOWN} on robots_messages (conversation, id, is_echo)`);
  await db.schema.alterTable('robots_messages', (table) => table.dropIndex(['conversation', 'id']));
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('robots_messages', (table) => table.index(['conversation', 'id']));
  await db.raw(`drop index ${SHOWN}`);
}
