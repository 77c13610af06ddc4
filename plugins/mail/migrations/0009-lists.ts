/** Orders and beginnings that lists of mail can be asked for; on PostgreSQL beginnings are compared by their bytes. */
import type { Knex } from 'knex';

const MAILBOXES = 'mail_mailboxes';
const KEPT = 'where removed_at is null';
const SENT = 'mail_sent';
const LATER = "where status = 'scheduled'";
const SUPPRESSIONS = 'mail_suppressions';

const INDEXES: readonly [name: string, table: string, columns: string, where?: string][] = [
  ['mail_mailboxes_by_time', MAILBOXES, 'created_at, id', KEPT],
  ['mail_mailboxes_of_tenant_by_address', MAILBOXES, 'tenant_id, address, id', KEPT],
  ['mail_mailboxes_of_tenant_by_time', MAILBOXES, 'tenant_id, created_at, id', KEPT],
  ['mail_mailboxes_of_user_by_address', MAILBOXES, 'user_id, address, id', KEPT],
  ['mail_mailboxes_of_user_by_time', MAILBOXES, 'user_id, created_at, id', KEPT],
  // Without what the parser has not seen yet: accepting a message writes nothing into it.
  ['mail_messages_unread', 'mail_messages', 'mailbox_id, folder, id', 'where is_read = 0 and parsed_at is not null'],
  ['mail_sent_by_time', SENT, 'created_at, id'],
  ['mail_sent_of_tenant_by_time', SENT, 'tenant_id, created_at, id'],
  ['mail_sent_of_tenant_by_status', SENT, 'tenant_id, status, id'],
  ['mail_sent_of_user_by_time', SENT, 'user_id, created_at, id'],
  ['mail_sent_of_user_by_status', SENT, 'user_id, status, id'],
  ['mail_sent_by_status', SENT, 'status, id'],
  ['mail_sent_later', SENT, 'scheduled_at, id', LATER],
  ['mail_sent_of_tenant_later', SENT, 'tenant_id, scheduled_at, id', LATER],
  ['mail_sent_of_user_later', SENT, 'user_id, scheduled_at, id', LATER],
  ['mail_rules_in_order', 'mail_rules', 'position, id'],
  ['mail_rules_of_tenant_in_order', 'mail_rules', 'tenant_id, position, id'],
  ['mail_rules_of_mailbox', 'mail_rules', 'mailbox_id'],
  ['mail_webhooks_by_time', 'mail_webhooks', 'created_at, id'],
  ['mail_suppressions_by_address', SUPPRESSIONS, 'address, id'],
  ['mail_suppressions_by_time', SUPPRESSIONS, 'created_at, id'],
  ['mail_suppressions_of_tenant_by_id', SUPPRESSIONS, 'tenant_id, id'],
  ['mail_suppressions_of_tenant_by_address', SUPPRESSIONS, 'tenant_id, address, id'],
  ['mail_suppressions_of_tenant_by_time', SUPPRESSIONS, 'tenant_id, created_at, id'],
];

/** On SQLite every index is one of bytes, and ends with the id. */
const POSTGRES: typeof INDEXES = [
  ['mail_mailboxes_of_tenant', MAILBOXES, 'tenant_id, id', KEPT],
  ['mail_mailboxes_of_user', MAILBOXES, 'user_id, id', KEPT],
  ['mail_sent_of_tenant', SENT, 'tenant_id, id'],
  ['mail_sent_of_user', SENT, 'user_id, id'],
  ['mail_mailboxes_beginning', MAILBOXES, 'address collate "C"', KEPT],
  ['mail_mailboxes_of_tenant_beginning', MAILBOXES, 'tenant_id, address collate "C"', KEPT],
  ['mail_sent_beginning', SENT, 'from_addr collate "C"'],
  ['mail_sent_of_tenant_beginning', SENT, 'tenant_id, from_addr collate "C"'],
  ['mail_suppressions_beginning', SUPPRESSIONS, 'address collate "C"'],
  ['mail_suppressions_of_tenant_beginning', SUPPRESSIONS, 'tenant_id, address collate "C"'],
];
const SQLITE: typeof INDEXES = [['mail_sent_of_tenant_beginning', SENT, 'tenant_id, from_addr']];

const indexesOf = (db: Knex) => [...INDEXES, ...(db.client.config.client === 'pg' ? POSTGRES : SQLITE)];

export async function up(db: Knex): Promise<void> {
  for (const [name, table, columns, where = ''] of indexesOf(db)) {
    await db.raw(`create index ${name} on ${table} (${columns}) ${where}`);
  }
}

export async function down(db: Knex): Promise<void> {
  for (const [name] of indexesOf(db)) await db.raw(`drop index ${name}`);
}
