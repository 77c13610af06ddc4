/** Mailboxes in the order of their page; what is sweeped by its time is found by it. */
import type { Knex } from 'knex';

const INDEXES: readonly [name: string, on: string][] = [
  ['mail_mailboxes_page', 'mail_mailboxes (is_pinned desc, id desc) where removed_at is null'],
  ['mail_mailboxes_page_of_tenant', 'mail_mailboxes (tenant_id, is_pinned desc, id desc) where removed_at is null'],
  ['mail_mailboxes_page_of_user', 'mail_mailboxes (user_id, is_pinned desc, id desc) where removed_at is null'],
  ['mail_messages_received', 'mail_messages (received_at)'],
  ['mail_sent_updated', 'mail_sent (updated_at)'],
  ['mail_sent_from_page', 'mail_sent (from_addr, id)'],
];

export async function up(db: Knex): Promise<void> {
  for (const [name, on] of INDEXES) await db.raw(`create index ${name} on ${on}`);
}

export async function down(db: Knex): Promise<void> {
  for (const [name] of INDEXES) await db.raw(`drop index ${name}`);
}
