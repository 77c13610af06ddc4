/** Sessions of pages, whose cookie is exchanged for another one as it is used; and who made a key for somebody else. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('auth_sessions', (table) => {
    // Null for sessions whose `expires_at` does not move.
    table.bigInteger('ends_at');
  });
  await db.schema.alterTable('auth_api_keys', (table) => {
    table.integer('made_by');
  });
  await db.raw('create index auth_api_keys_made_by on auth_api_keys (made_by) where made_by is not null');
  await db.schema.createTable('auth_page_tokens', (table) => {
    table.string('token_hash', 64).primary();
    table.string('session_id', 36).notNullable().references('auth_sessions.id').onDelete('cascade').index();
    table.string('parent_hash', 64);
    table.bigInteger('created_at').notNullable();
    table.bigInteger('given_at').notNullable();
    table.bigInteger('used_at');
    table.bigInteger('replaced_at');
  });
}

/** The older version knows no cookie of these sessions. */
export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('auth_page_tokens');
  await db('auth_sessions').whereNotNull('ends_at').delete();
  await db('auth_api_keys').whereNotNull('made_by').delete();
  await db.raw('drop index auth_api_keys_made_by');
  // Knex would make the tables anew on SQLite, and with the old one go the refresh tokens of all its sessions.
  await db.raw('alter table auth_api_keys drop column made_by');
  await db.raw('alter table auth_sessions drop column ends_at');
}
