/** Who parses what, how often it was tried, what waits in one mailbox; and the links of a mail, found when it is parsed. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw('alter table mail_messages add column parse_tries integer not null default 0');
  await db.raw('alter table mail_messages add column parse_lease_until bigint');
  await db.raw('alter table mail_contents add column links text');
  await db.raw('create index mail_messages_unparsed_mailbox on mail_messages (mailbox_id, id) where parsed_at is null');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index mail_messages_unparsed_mailbox');
  await db.raw('alter table mail_contents drop column links');
  await db.raw('alter table mail_messages drop column parse_lease_until');
  await db.raw('alter table mail_messages drop column parse_tries');
}
