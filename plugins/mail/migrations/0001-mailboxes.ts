/** Mailboxes, messages, and their text. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('mail_mailboxes', (table) => {
    table.increments('id');
    table.string('address', 320).notNullable().unique();
    table.string('domain', 255).notNullable();
    table.integer('user_id').index();
    table.string('tenant_id', 36).index();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('expires_at').index();
    table.integer('is_pinned').notNullable().defaultTo(0);
    table.integer('is_favorite').notNullable().defaultTo(0);
    table.string('forward_to', 320);
    table.string('password_hash', 300);
    table.integer('can_login').notNullable().defaultTo(0);
  });
  await db.schema.createTable('mail_messages', (table) => {
    table.increments('id');
    table.integer('mailbox_id').notNullable().references('mail_mailboxes.id').onDelete('cascade');
    table.integer('blob_id').notNullable().references('core_blobs.id').index();
    table.string('envelope_from', 320).notNullable();
    table.string('envelope_to', 320).notNullable();
    table.string('remote_ip', 64).notNullable();
    table.text('sender').notNullable();
    table.text('to_addrs').notNullable();
    table.text('subject').notNullable();
    table.text('preview').notNullable();
    table.string('verification_code', 16).notNullable();
    table.integer('size_bytes').notNullable();
    table.bigInteger('received_at').notNullable();
    table.integer('is_read').notNullable().defaultTo(0);
    table.bigInteger('parsed_at');
    table.text('parse_error');
    table.index(['mailbox_id', 'id']);
  });
  await db.raw('create index mail_messages_unparsed on mail_messages (id) where parsed_at is null');
  await db.schema.createTable('mail_contents', (table) => {
    table.integer('message_id').primary().references('mail_messages.id').onDelete('cascade');
    table.text('text').notNullable();
    table.text('html').notNullable();
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('mail_contents');
  await db.schema.dropTable('mail_messages');
  await db.schema.dropTable('mail_mailboxes');
}
