/** SQLite: a view to insert into, so that accepting a group of messages with their bytes is one statement. */
import type { Knex } from 'knex';

const COLUMNS =
  'mailbox_id, helo, envelope_from, envelope_to, remote_ip, sender, to_addrs, subject, preview, verification_code, size_bytes, received_at, is_read';

export async function up(db: Knex): Promise<void> {
  if (!isSqlite(db)) return;
  await db.raw(`create view mail_intake as
    select ${COLUMNS}, blob_id, null as file, null as content from mail_messages where 0`);
  await db.raw(`create trigger mail_intake_insert instead of insert on mail_intake begin
    insert into core_blobs (size_bytes, content, file, created_at)
      values (new.size_bytes, new.content, new.file, new.received_at);
    insert into mail_messages (${COLUMNS}, blob_id)
      values (${COLUMNS.replace(/(\w+)/g, 'new.$1')}, last_insert_rowid());
  end`);
}

export async function down(db: Knex): Promise<void> {
  if (!isSqlite(db)) return;
  await db.raw('drop view mail_intake');
}

function isSqlite(db: Knex): boolean {
  return db.client.config.client !== 'pg';
}
