/** Replies: policies of robots, whose turn it is in conversations, what was answered or why not. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('ai_replies_policies', (table) => {
    table.bigIncrements('id');
    table.string('tenant_id', 36).notNullable();
    table.string('robot_id', 60).notNullable().unique();
    table.text('settings').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.index(['tenant_id']);
  });
  await db.schema.createTable('ai_replies_turns', (table) => {
    table.string('conversation_id', 60).primary();
    table.string('tenant_id', 36).notNullable();
    table.string('robot_id', 60).notNullable();
    table.string('contact_id', 60).notNullable();
    table.string('room', 60).notNullable();
    table.string('state', 10).notNullable();
    table.bigInteger('version').notNullable();
    table.bigInteger('due_at').notNullable();
    table.bigInteger('latest_at').notNullable();
    table.string('first_message', 60).notNullable();
    table.string('last_message', 60).notNullable();
    table.string('decided_message', 60).notNullable().defaultTo('');
    table.integer('failures').notNullable().defaultTo(0);
    table.bigInteger('updated_at').notNullable();
    table.index(['tenant_id']);
    table.index(['robot_id']);
    table.index(['contact_id']);
    table.index(['updated_at']);
  });
  await db.schema.createTable('ai_replies_replies', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.string('robot_id', 60).notNullable();
    table.string('conversation_id', 60).notNullable();
    table.string('contact_id', 60).notNullable();
    table.string('room', 60).notNullable();
    table.string('state', 10).notNullable();
    table.string('reason', 40).notNullable().defaultTo('');
    table.text('question').notNullable().defaultTo('');
    table.text('text').notNullable().defaultTo('');
    table.text('sources').notNullable().defaultTo('[]');
    table.string('provider', 60);
    table.string('model', 200);
    table.bigInteger('micros').notNullable().defaultTo(0);
    table.bigInteger('input_tokens').notNullable().defaultTo(0);
    table.bigInteger('output_tokens').notNullable().defaultTo(0);
    table.string('prompt_hash', 43).notNullable().defaultTo('');
    table.string('approved', 60);
    table.string('message_id', 60).notNullable();
    table.bigInteger('turn_version').notNullable();
    table.bigInteger('send_at');
    table.bigInteger('sent_at');
    table.bigInteger('user_id');
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.index(['tenant_id', 'id']);
    table.index(['tenant_id', 'state', 'id']);
    table.index(['conversation_id', 'id']);
    table.index(['created_at']);
    table.index(['robot_id']);
    table.index(['contact_id']);
  });
  await db.raw(`create index ai_replies_replies_user on ai_replies_replies (user_id) where user_id is not null`);
  await db.raw(
    `create index ai_replies_replies_open on ai_replies_replies (conversation_id) where state in ('ready', 'draft')`,
  );
  await db.raw(`create index ai_replies_replies_sent on ai_replies_replies (room, sent_at) where state = 'sent'`);
  await db.schema.createTable('ai_replies_told', (table) => {
    table.string('subject', 100).notNullable();
    table.string('reason', 40).notNullable();
    table.bigInteger('day').notNullable();
    table.primary(['subject', 'reason', 'day']);
    table.index(['day']);
  });
}

export async function down(db: Knex): Promise<void> {
  for (const table of ['told', 'replies', 'turns', 'policies']) await db.schema.dropTable(`ai_replies_${table}`);
}
