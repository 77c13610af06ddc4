/**
 * What a mailbox must remember about its owners, mailboxes that are being deleted, sessions that were ended, and indexes
 * for what is looked for by its bytes or by its state. Suppressions are unique without a tenant as well.
 */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('mail_mailboxes', (table) => {
    // Nobody's: mail made it. What was there before this migration may be somebody's, so it is not.
    table.integer('made_by_mail').notNullable().defaultTo(0);
    // The newest message that came before its owner had it.
    table.bigInteger('hidden_up_to').notNullable().defaultTo(0);
    table.bigInteger('removed_at');
  });
  await db.raw('create index mail_mailboxes_removed on mail_mailboxes (id) where removed_at is not null');
  await db.schema.createTable('mail_ended_sessions', (table) => {
    table.string('id', 36).primary();
    table.bigInteger('expires_at').notNullable().index();
  });
  await db.raw('create index mail_sent_blob_id on mail_sent (blob_id) where blob_id is not null');
  await db.raw(`create index mail_deliveries_queued on mail_deliveries (id) where status = 'queued'`);
  await db.raw(`delete from mail_suppressions where tenant_id is null and id not in (
    select min(id) from mail_suppressions where tenant_id is null group by address)`);
  await db.schema.alterTable('mail_suppressions', (table) => table.dropUnique(['tenant_id', 'address']));
  await db.raw(
    `create unique index mail_suppressions_of_tenant on mail_suppressions (coalesce(tenant_id, ''), address)`,
  );
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index mail_suppressions_of_tenant');
  await db.schema.alterTable('mail_suppressions', (table) => table.unique(['tenant_id', 'address']));
  for (const index of ['mail_deliveries_queued', 'mail_sent_blob_id', 'mail_mailboxes_removed']) {
    await db.raw(`drop index ${index}`);
  }
  await db.schema.dropTable('mail_ended_sessions');
  await db('mail_mailboxes').whereNotNull('removed_at').delete();
  await db.schema.alterTable('mail_mailboxes', (table) =>
    table.dropColumns('made_by_mail', 'hidden_up_to', 'removed_at'),
  );
}
