/** What was sent to webhooks and what they answered, for a while. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('mail_webhook_calls', (table) => {
    table.bigIncrements('id');
    table.integer('webhook_id').notNullable().references('mail_webhooks.id').onDelete('cascade');
    // Of the mail that it tells of: a record goes with its mail.
    table.bigInteger('message_id').references('mail_messages.id').onDelete('cascade').index();
    table.string('event_id', 200).notNullable();
    table.string('event_type', 200).notNullable();
    table.text('event').notNullable();
    table.string('state', 16).notNullable();
    table.integer('tries').notNullable();
    table.integer('status');
    table.string('failure', 32);
    table.bigInteger('job_id');
    table.bigInteger('next_try_at');
    table.bigInteger('tried_at');
    table.bigInteger('created_at').notNullable();
    table.index(['webhook_id', 'id']);
    table.index(['created_at']);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('mail_webhook_calls');
}
