/** The inbox: who looks after a conversation, labels, teams, quick replies, and the words by which all is found. */
import type { Knex } from 'knex';

/** Without foreign keys, because SQLite drops no column that has one. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  robots_conversations: [
    // The person (auth_users.id) and the team that look after it.
    'assignee bigint',
    'team bigint',
    'snoozed_until bigint',
    // Changes whenever it is opened: who has written it has opened it.
    'opening varchar(36)',
    'handed_over_at bigint',
    'away_until bigint',
    'looped_at bigint',
    'rating integer',
    'rating_asked_at bigint',
    // Of the loop guard: the hash of what the contact said last, how often in a row, and how much since the window began.
    'last_in varchar(32)',
    'repeats integer not null default 0',
    'heard integer not null default 0',
    'window_at bigint not null default 0',
  ],
  robots_messages: ['is_echo integer not null default 0', 'echoed_at bigint'],
};

const INDEXES: Readonly<Record<string, string>> = {
  robots_conversations_newest: 'robots_conversations (last_message_at, id)',
  robots_conversations_state: 'robots_conversations (state, last_message_at, id)',
  robots_conversations_robot: 'robots_conversations (robot, last_message_at, id)',
  robots_conversations_assignee:
    'robots_conversations (tenant_id, assignee, last_message_at, id) where assignee is not null',
  robots_conversations_team: 'robots_conversations (tenant_id, team, last_message_at, id) where team is not null',
  robots_conversations_unread: 'robots_conversations (tenant_id, last_message_at, id) where unread > 0',
  robots_conversations_group: `robots_conversations (robot, group_name, last_message_at, id) where group_name <> ''`,
  robots_conversations_snoozed: `robots_conversations (snoozed_until) where state = 'snoozed'`,
  robots_messages_out: `robots_messages (conversation, created_at) where direction = 'out'`,
  robots_messages_commands: 'robots_messages (command_id) where command_id is not null',
  robots_contacts_newest: 'robots_contacts (last_seen_at, id)',
  robots_contacts_name: 'robots_contacts (tenant_id, name)',
  robots_contacts_consent: 'robots_contacts (tenant_id, consent, last_seen_at, id)',
  robots_contacts_opted_out: 'robots_contacts (tenant_id, last_seen_at, id) where opted_out = 1',
};

const INDEXED = ['message', 'conversation', 'contact'];

export async function up(db: Knex): Promise<void> {
  for (const [table, columns] of Object.entries(COLUMNS))
    for (const column of columns) await db.raw(`alter table ${table} add column ${column}`);
  for (const [name, on] of Object.entries(INDEXES)) await db.raw(`create index ${name} on ${on}`);
  await db.schema.createTable('robots_teams', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.string('name', 100).notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.unique(['tenant_id', 'name']);
    table.index(['tenant_id', 'id']);
  });
  await db.schema.createTable('robots_team_members', (table) => {
    table.bigInteger('team').notNullable().references('robots_teams.id').onDelete('cascade');
    table.bigInteger('user_id').notNullable().index();
    table.primary(['team', 'user_id']);
  });
  await db.schema.createTable('robots_labels', (table) => {
    table.bigIncrements('id');
    table.string('tenant_id', 36).notNullable();
    table.string('name', 60).notNullable();
    table.unique(['tenant_id', 'name']);
  });
  await db.schema.createTable('robots_conversation_labels', (table) => {
    table.bigInteger('label').notNullable().references('robots_labels.id').onDelete('cascade');
    table.bigInteger('conversation').notNullable().references('robots_conversations.id').onDelete('cascade').index();
    table.primary(['label', 'conversation']);
  });
  await db.schema.createTable('robots_quick_replies', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.string('shortcut', 60).notNullable();
    table.text('text').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.unique(['tenant_id', 'shortcut']);
    table.index(['tenant_id', 'id']);
  });
  for (const kind of INDEXED) await (isPg(db) ? wordsOnPostgres(db, kind) : wordsOnSqlite(db, kind));
}

/** Words without the text, which stands in the table itself. */
async function wordsOnSqlite(db: Knex, kind: string): Promise<void> {
  const [words, table] = [`robots_${kind}_words`, `robots_${kind}s`];
  await db.raw(
    `create virtual table ${words} using fts5(
       words, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2")`,
  );
  // What is deleted leaves nothing in the index: it may be what somebody wrote.
  await db.raw(`insert into ${words} (${words}, rank) values ('secure-delete', 1)`);
  await db.raw(
    `create trigger ${words}_out after delete on ${table} begin delete from ${words} where rowid = old.id; end`,
  );
}

async function wordsOnPostgres(db: Knex, kind: string): Promise<void> {
  const words = `robots_${kind}_words`;
  await db.raw(
    `create table ${words} (
       id bigint primary key references robots_${kind}s (id) on delete cascade, words tsvector not null)`,
  );
  await db.raw(`create index ${words}_words on ${words} using gin (words)`);
}

export async function down(db: Knex): Promise<void> {
  for (const kind of INDEXED) {
    if (!isPg(db)) await db.raw(`drop trigger robots_${kind}_words_out`);
    await db.raw(`drop table robots_${kind}_words`);
  }
  for (const table of ['quick_replies', 'conversation_labels', 'labels', 'team_members', 'teams'])
    await db.schema.dropTable(`robots_${table}`);
  for (const name of Object.keys(INDEXES)) await db.raw(`drop index ${name}`);
  for (const [table, columns] of Object.entries(COLUMNS))
    for (const column of columns) await db.raw(`alter table ${table} drop column ${column.split(' ')[0]}`);
}

function isPg(db: Knex): boolean {
  return db.client.config.client === 'pg';
}
