/**
 * Who sends a broadcast, in whose name it goes on or not; those of whom nobody knows whether they have had it; and the commands of
 * the last time of a scheduled message, whose place the next ones take.
 */
import type { Knex } from 'knex';

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  // Of auth_users; 0 for who is no account, null for those that were started before this was noted.
  robots_broadcasts: ['sender bigint', 'unknown integer not null default 0'],
  // JSON: ids of commands.
  robots_scheduled_messages: [`last_commands text not null default '[]'`],
};

export async function up(db: Knex): Promise<void> {
  for (const [table, columns] of Object.entries(COLUMNS))
    for (const column of columns) await db.raw(`alter table ${table} add column ${column}`);
}

export async function down(db: Knex): Promise<void> {
  for (const [table, columns] of Object.entries(COLUMNS))
    for (const column of columns) await db.raw(`alter table ${table} drop column ${column.split(' ')[0]}`);
}
