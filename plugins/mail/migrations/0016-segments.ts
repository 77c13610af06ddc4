/** SQLite: what is taken in lies in segments, and the view that it is inserted into says where. */
import type { Knex } from 'knex';

const COLUMNS =
  'mailbox_id, helo, envelope_from, envelope_to, remote_ip, sender, to_addrs, subject, preview, verification_code, size_bytes, received_at, is_read';
const PLACE = 'content, file, segment, segment_offset, checksum';

export async function up(db: Knex): Promise<void> {
  if (!isSqlite(db)) return;
  await db.raw('drop view mail_intake');
  await makeView(db, PLACE);
}

export async function down(db: Knex): Promise<void> {
  if (!isSqlite(db)) return;
  await db.raw('drop view mail_intake');
  await makeView(db, 'content, file');
}

async function makeView(db: Knex, place: string): Promise<void> {
  const nulls = place.split(', ').map((name) => `null as ${name}`);
  await db.raw(`create view mail_intake as select ${COLUMNS}, blob_id, ${nulls.join(', ')} from mail_messages where 0`);
  await db.raw(`create trigger mail_intake_insert instead of insert on mail_intake begin
    insert into core_blobs (size_bytes, ${place}, created_at)
      values (new.size_bytes, ${ofNew(place)}, new.received_at);
    insert into mail_messages (${COLUMNS}, blob_id) values (${ofNew(COLUMNS)}, last_insert_rowid());
  end`);
}

function ofNew(columns: string): string {
  return columns.replace(/(\w+)/g, 'new.$1');
}

function isSqlite(db: Knex): boolean {
  return db.client.config.client !== 'pg';
}
