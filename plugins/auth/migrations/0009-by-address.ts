/** People of a tenant by the beginning of their address. */
import type { Knex } from 'knex';

const INDEX = 'auth_users_of_tenant_email_begins';

export async function up(db: Knex): Promise<void> {
  // In the order of the characters, whatever the database's language; SQLite has that by itself.
  const collation = db.client.config.client === 'pg' ? ' collate "C"' : '';
  await db.raw(`create index ${INDEX} on auth_users (tenant_id, email${collation})`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`drop index ${INDEX}`);
}
