/** Robots, the codes that make them, their tokens, commands, messages, contacts, conversations and figures. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('robots_robots', (table) => {
    table.bigIncrements('id');
    table.string('robot_id', 60).notNullable().unique();
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    // The person it belongs to; null when it is its tenant's.
    table.bigInteger('user_id');
    table.string('name', 200).notNullable();
    table.string('channel', 40).notNullable().defaultTo('workbot');
    table.string('status', 16).notNullable().defaultTo('active');
    // JSON: how it answers.
    table.text('settings').notNullable().defaultTo('{}');
    // JSON of the phone that it runs on, and its id; null without one.
    table.text('device');
    table.string('device_id', 200);
    table.integer('token_version').notNullable().defaultTo(1);
    // The socket that is open; null while there is none.
    table.string('connection', 36).index();
    // When that socket came; an older one whose registration was slower does not take its place.
    table.bigInteger('connected_at');
    table.integer('is_online').notNullable().defaultTo(0);
    table.bigInteger('seen_at');
    table.bigInteger('total_messages').notNullable().defaultTo(0);
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.bigInteger('deleted_at');
    table.index(['tenant_id', 'status', 'id']);
    table.index(['user_id', 'status', 'id']);
    table.index(['is_online', 'seen_at']);
    table.index(['status', 'deleted_at']);
  });
  await db.schema.createTable('robots_codes', (table) => {
    table.bigIncrements('id');
    table.string('code', 16).notNullable().unique();
    // Whose robots it makes: a person's, or a tenant's.
    table.string('tenant_id', 36).notNullable().index();
    table.bigInteger('user_id').index();
    table.string('status', 16).notNullable().defaultTo('unused');
    table.integer('validity_days').notNullable();
    table.decimal('price', 12, 2).notNullable().defaultTo(0);
    table.bigInteger('robot').references('robots_robots.id').onDelete('set null').index();
    table.string('device_id', 200);
    table.text('device');
    table.integer('activations').notNullable().defaultTo(0);
    table.bigInteger('first_activated_at');
    table.bigInteger('last_activated_at');
    table.bigInteger('expires_at');
    table.bigInteger('created_at').notNullable();
    table.index(['status', 'id']);
  });
  await db.schema.createTable('robots_code_history', (table) => {
    table.bigIncrements('id');
    table.bigInteger('code').notNullable().references('robots_codes.id').onDelete('cascade').index();
    // activated, refused, unbound, disabled
    table.string('what', 16).notNullable();
    table.string('device_id', 200);
    table.string('actor', 64);
    table.string('ip', 64).notNullable().defaultTo('');
    table.string('user_agent', 300).notNullable().defaultTo('');
    table.string('reason', 500).notNullable().defaultTo('');
    table.bigInteger('at').notNullable();
  });
  await db.schema.createTable('robots_refresh_tokens', (table) => {
    table.string('token_hash', 64).primary();
    table.bigInteger('robot').notNullable().references('robots_robots.id').onDelete('cascade').index();
    table.integer('token_version').notNullable();
    // The one that it takes the place of, which counts until this one is used.
    table.string('parent_hash', 64);
    table.bigInteger('created_at').notNullable();
    table.bigInteger('expires_at').notNullable().index();
    table.bigInteger('replaced_at');
  });
  await db.schema.createTable('robots_commands', (table) => {
    table.bigIncrements('id');
    table.string('command_id', 60).notNullable().unique();
    table.bigInteger('robot').notNullable().references('robots_robots.id').onDelete('cascade');
    table.string('tenant_id', 36).notNullable();
    // The number of the table, and its name in the document.
    table.integer('code').notNullable();
    table.string('type', 40).notNullable();
    table.text('params').notNullable();
    // Whom it goes to, one a line: commands for one keep their order.
    table.text('recipient').notNullable().defaultTo('');
    table.integer('priority').notNullable().defaultTo(1);
    table.string('status', 16).notNullable();
    // Who asked for it: api, robot, callback, inbox, broadcast, schedule, workflow, ai.
    table.string('source', 16).notNullable();
    table.integer('tries').notNullable().defaultTo(0);
    table.integer('max_retries').notNullable().defaultTo(0);
    table.integer('failures').notNullable().defaultTo(0);
    // Not offered before this.
    table.bigInteger('due_at').notNullable();
    // The socket it was offered over, or `poll`.
    table.string('offered_over', 36);
    table.bigInteger('offered_at');
    table.bigInteger('created_at').notNullable();
    table.bigInteger('expires_at').notNullable();
    table.bigInteger('finished_at');
    // JSON: what was reported.
    table.text('result');
    table.index(['tenant_id', 'id']);
    table.index(['robot', 'id']);
  });
  const open = `where status in ('pending', 'dispatched')`;
  await db.raw(`create index robots_commands_open on robots_commands (robot, priority desc, id) ${open}`);
  await db.raw(`create index robots_commands_expiring on robots_commands (expires_at) ${open}`);

  await db.schema.createTable('robots_contacts', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.string('channel', 40).notNullable();
    // What the channel calls the person.
    table.string('name', 200).notNullable();
    // JSON: what people and workflows note about them.
    table.text('fields').notNullable().defaultTo('{}');
    table.text('notes').notNullable().defaultTo('');
    table.string('consent', 16).notNullable().defaultTo('unknown');
    table.integer('opted_out').notNullable().defaultTo(0);
    // The contact that this one was merged into.
    table.bigInteger('merged_into').references('robots_contacts.id').onDelete('cascade');
    table.bigInteger('last_seen_at').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.unique(['tenant_id', 'channel', 'name']);
    table.index(['tenant_id', 'last_seen_at', 'id']);
  });
  // Of nearly all contacts it is null: an index of those would be taken for one that finds something.
  await db.raw('create index robots_contacts_merged on robots_contacts (merged_into) where merged_into is not null');
  await db.schema.createTable('robots_conversations', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.bigInteger('robot').notNullable().references('robots_robots.id').onDelete('cascade');
    table.bigInteger('contact').notNullable().references('robots_contacts.id').onDelete('cascade').index();
    // '' for a conversation with a person alone.
    table.string('group_name', 200).notNullable().defaultTo('');
    table.string('person', 200).notNullable();
    table.integer('room_type').notNullable().defaultTo(0);
    // open, pending, snoozed, closed
    table.string('state', 16).notNullable().defaultTo('open');
    table.integer('unread').notNullable().defaultTo(0);
    table.bigInteger('last_message_at').notNullable();
    table.string('last_text', 200).notNullable().defaultTo('');
    // The first message that nobody has answered; null when all are.
    table.bigInteger('waiting_since');
    // Automatic answers stay away until then.
    table.bigInteger('paused_until');
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.unique(['robot', 'group_name', 'person']);
    table.index(['tenant_id', 'state', 'last_message_at', 'id']);
    table.index(['tenant_id', 'last_message_at', 'id']);
  });
  await db.schema.createTable('robots_messages', (table) => {
    table.bigIncrements('id');
    table.string('message_id', 60).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.bigInteger('robot').notNullable().references('robots_robots.id').onDelete('cascade');
    table.bigInteger('conversation').notNullable().references('robots_conversations.id').onDelete('cascade');
    // in: from the contact; out: to the contact.
    table.string('direction', 3).notNullable().defaultTo('in');
    // contact, robot (automatic), person (inbox), phone (typed on the robot's own phone), note
    table.string('author', 16).notNullable().defaultTo('contact');
    // The person who wrote it in the inbox.
    table.bigInteger('user_id');
    // What the client called it.
    table.string('client_id', 100);
    table.string('command_id', 60);
    table.integer('room_type').notNullable().defaultTo(0);
    table.integer('text_type').notNullable().defaultTo(1);
    table.integer('at_me').notNullable().defaultTo(0);
    table.text('spoken').notNullable().defaultTo('');
    table.text('raw_spoken').notNullable().defaultTo('');
    table.string('group_remark', 200).notNullable().defaultTo('');
    table.bigInteger('blob').references('core_blobs.id').index();
    table.string('media_type', 100);
    // By the clock of the phone, as it was sent; never used to order anything.
    table.string('phone_time', 40);
    table.bigInteger('created_at').notNullable();
    table.unique(['robot', 'client_id']);
    table.index(['conversation', 'id']);
    table.index(['tenant_id', 'created_at']);
    table.index(['robot', 'id']);
  });
  await db.schema.createTable('robots_callbacks', (table) => {
    table.bigInteger('robot').primary().references('robots_robots.id').onDelete('cascade');
    table.string('message_url', 2000);
    table.string('result_url', 2000);
    table.string('status_url', 2000);
    table.string('qrcode_url', 2000);
    table.integer('is_signed').notNullable().defaultTo(0);
    // Sealed for purpose `robots.callback`.
    table.text('secret');
    table.integer('is_active').notNullable().defaultTo(1);
    table.bigInteger('updated_at').notNullable();
  });
  // Figures day by day, so that statistics do not count messages.
  await db.schema.createTable('robots_counts', (table) => {
    table.bigInteger('robot').notNullable().references('robots_robots.id').onDelete('cascade');
    // Days since the epoch, UTC.
    table.integer('day').notNullable();
    // messages, contact, group, succeeded, failed, expired, answers, answer_ms, ai_calls, ai_micros
    table.string('kind', 16).notNullable();
    // Of contacts and groups; '' for the others.
    table.string('name', 200).notNullable().defaultTo('');
    table.bigInteger('value').notNullable();
    table.primary(['robot', 'kind', 'day', 'name']);
  });
  await db.schema.createTable('robots_logs', (table) => {
    table.bigIncrements('id');
    // api, robot, ai, mail, workflow, system
    table.string('type', 16).notNullable();
    table.string('level', 8).notNullable();
    table.string('message', 500).notNullable();
    table.text('details').notNullable().defaultTo('{}');
    table.string('ip', 64).notNullable().defaultTo('');
    table.string('tenant_id', 36);
    table.bigInteger('created_at').notNullable().index();
    table.index(['type', 'level', 'id']);
    table.index(['level', 'id']);
  });
}

export async function down(db: Knex): Promise<void> {
  const tables = ['logs', 'counts', 'callbacks', 'messages', 'conversations', 'contacts', 'commands'];
  for (const table of [...tables, 'refresh_tokens', 'code_history', 'codes', 'robots'])
    await db.schema.dropTable(`robots_${table}`);
}
