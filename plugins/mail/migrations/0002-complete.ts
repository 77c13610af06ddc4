/** Authentication results, rules, search, threads, sending, bounces, webhooks. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('mail_messages', (table) => {
    // What the client called itself at EHLO, for SPF.
    table.string('helo', 255).notNullable().defaultTo('');
    table.string('message_ref', 255);
    table.integer('thread_id');
    table.text('auth_results');
    table.string('folder', 16).notNullable().defaultTo('inbox');
    table.text('tags').notNullable().defaultTo('');
    table.integer('attachment_count').notNullable().defaultTo(0);
    table.index(['mailbox_id', 'message_ref']);
    // Lists and their counts are answered by this index alone.
    table.dropIndex(['mailbox_id', 'id']);
    table.index(['mailbox_id', 'folder', 'id']);
    table.index(['thread_id']);
  });
  await db.schema.alterTable('mail_contents', (table) => {
    table.text('attachments').notNullable().defaultTo('[]');
  });
  await (db.client.config.client === 'pg' ? searchOnPostgres(db) : searchOnSqlite(db));

  await db.schema.createTable('mail_rules', (table) => {
    table.increments('id');
    table.string('tenant_id', 36).index();
    // One of the two: a rule is about one mailbox or about a domain.
    table.integer('mailbox_id').references('mail_mailboxes.id').onDelete('cascade');
    table.string('domain', 255);
    table.string('name', 200).notNullable();
    table.integer('position').notNullable();
    table.integer('is_enabled').notNullable();
    table.text('conditions').notNullable();
    table.string('action', 16).notNullable();
    table.string('value', 320);
    table.bigInteger('created_at').notNullable();
  });
  await db.schema.createTable('mail_sent', (table) => {
    table.increments('id');
    table.string('uuid', 36).notNullable().unique();
    table.integer('user_id').index();
    table.string('tenant_id', 36).index();
    table.string('from_addr', 320).notNullable().index();
    table.string('from_name', 200);
    table.text('recipients').notNullable();
    table.text('subject').notNullable();
    table.text('html').notNullable();
    table.text('text').notNullable();
    // A message that came whole: a submission or a forward.
    table.integer('blob_id').references('core_blobs.id');
    table.string('kind', 16).notNullable();
    table.string('status', 16).notNullable();
    table.string('provider_id', 200);
    table.string('idempotency_key', 200);
    table.text('headers').notNullable().defaultTo('{}');
    table.bigInteger('scheduled_at');
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.unique(['from_addr', 'idempotency_key']);
  });
  await db.schema.createTable('mail_deliveries', (table) => {
    table.increments('id');
    table.integer('sent_id').notNullable().references('mail_sent.id').onDelete('cascade').index();
    table.string('recipient', 320).notNullable();
    table.string('domain', 255).notNullable();
    table.string('envelope_from', 320).notNullable();
    table.string('status', 16).notNullable();
    table.integer('attempts').notNullable().defaultTo(0);
    table.text('answer');
    table.bigInteger('first_try_at');
    table.bigInteger('updated_at').notNullable();
  });
  await db.schema.createTable('mail_suppressions', (table) => {
    table.increments('id');
    table.string('tenant_id', 36);
    table.string('address', 320).notNullable();
    table.text('reason').notNullable();
    table.bigInteger('created_at').notNullable();
    table.unique(['tenant_id', 'address']);
  });
  await db.schema.createTable('mail_dkim_keys', (table) => {
    table.string('domain', 255).primary();
    table.string('selector', 63).notNullable();
    table.text('private_key').notNullable();
    table.text('public_key').notNullable();
    table.bigInteger('created_at').notNullable();
  });
  await db.schema.createTable('mail_webhooks', (table) => {
    table.increments('id');
    table.integer('mailbox_id').notNullable().references('mail_mailboxes.id').onDelete('cascade').index();
    table.string('url', 2000).notNullable();
    table.text('secret').notNullable();
    table.bigInteger('created_at').notNullable();
  });
  await db.schema.createTable('mail_greylist', (table) => {
    table.string('triplet', 64).primary();
    table.bigInteger('first_seen_at').notNullable();
    table.bigInteger('passed_at');
    table.bigInteger('last_seen_at').notNullable().index();
  });
}

/** A table of words without the text, which stands in mail_contents anyway. */
async function searchOnSqlite(db: Knex): Promise<void> {
  await db.raw(`create virtual table mail_search using fts5(
    subject, sender, body, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2")`);
  await db.raw(`create trigger mail_messages_unsearch after delete on mail_messages begin
    delete from mail_search where rowid = old.id;
  end`);
}

async function searchOnPostgres(db: Knex): Promise<void> {
  await db.raw('alter table mail_contents add column words tsvector');
  await db.raw('create index mail_contents_words on mail_contents using gin (words)');
}

export async function down(db: Knex): Promise<void> {
  for (const table of [
    'mail_greylist',
    'mail_webhooks',
    'mail_dkim_keys',
    'mail_suppressions',
    'mail_deliveries',
    'mail_sent',
    'mail_rules',
  ]) {
    await db.schema.dropTable(table);
  }
  if (db.client.config.client === 'pg') await db.raw('alter table mail_contents drop column words');
  else {
    await db.raw('drop trigger mail_messages_unsearch');
    await db.raw('drop table mail_search');
  }
  await db.schema.alterTable('mail_contents', (table) => table.dropColumn('attachments'));
  await db.schema.alterTable('mail_messages', (table) => {
    table.dropIndex(['mailbox_id', 'message_ref']);
    table.dropIndex(['mailbox_id', 'folder', 'id']);
    table.index(['mailbox_id', 'id']);
    table.dropIndex(['thread_id']);
    table.dropColumns('helo', 'message_ref', 'thread_id', 'auth_results', 'folder', 'tags', 'attachment_count');
  });
}
