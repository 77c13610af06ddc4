/**
 * Indexes over what only the parser knows leave out what it has not seen yet: accepting a message writes fewer pages,
 * above all the one of its mailbox.
 */
import type { Knex } from 'knex';

const INDEXES = [
  { name: 'mail_messages_mailbox_id_message_ref_index', columns: 'mailbox_id, message_ref', given: 'message_ref' },
  { name: 'mail_messages_thread_id_index', columns: 'thread_id', given: 'thread_id' },
];

export async function up(db: Knex): Promise<void> {
  for (const { name, columns, given } of INDEXES) {
    await db.raw(`drop index ${name}`);
    await db.raw(`create index ${name} on mail_messages (${columns}) where ${given} is not null`);
  }
}

export async function down(db: Knex): Promise<void> {
  for (const { name, columns } of INDEXES) {
    await db.raw(`drop index ${name}`);
    await db.raw(`create index ${name} on mail_messages (${columns})`);
  }
}
