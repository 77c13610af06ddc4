/**
 * Most messages have no name that their client gave them, and no file: the indexes of both leave those out, each of which
 * had an entry that was written with every message.
 */
import type { Knex } from 'knex';

const MESSAGES = 'robots_messages';
const OF_CLIENT = 'robots_messages_client';
const OF_FILE = 'robots_messages_file';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable(MESSAGES, (table) => {
    table.dropUnique(['robot', 'client_id']);
    table.dropIndex(['blob']);
  });
  await db.raw(`create unique index ${OF_CLIENT} on ${MESSAGES} (robot, client_id) where client_id is not null`);
  await db.raw(`create index ${OF_FILE} on ${MESSAGES} (blob) where blob is not null`);
}

export async function down(db: Knex): Promise<void> {
  for (const name of [OF_CLIENT, OF_FILE]) await db.raw(`drop index ${name}`);
  await db.schema.alterTable(MESSAGES, (table) => {
    table.unique(['robot', 'client_id']);
    table.index(['blob']);
  });
}
