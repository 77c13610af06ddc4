/** Lists look for licences by the beginning of their id; on PostgreSQL byte by byte, whatever the database's collation. */
import type { Knex } from 'knex';

const NAME = 'licensing_licences_license_id_beginning';

export async function up(db: Knex): Promise<void> {
  const collation = db.client.config.client === 'pg' ? 'collate "C"' : '';
  await db.raw(`create index ${NAME} on licensing_licences (license_id ${collation}, id)`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`drop index ${NAME}`);
}
