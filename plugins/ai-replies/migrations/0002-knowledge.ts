/** Knowledge: bases, their documents in chunks with words and vectors, approved answers, and test sets. */
import type { Knex } from 'knex';

const WORDS: Readonly<Record<string, string>> = {
  ai_replies_chunk_words: 'ai_replies_chunks',
  ai_replies_answer_words: 'ai_replies_answers',
};

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('ai_replies_bases', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.string('name', 100).notNullable();
    table.double('floor').notNullable();
    table.integer('chunk_tokens').notNullable();
    table.integer('overlap_tokens').notNullable();
    table.integer('is_gone').notNullable().defaultTo(0);
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.unique(['tenant_id', 'name']);
    table.index(['tenant_id', 'id']);
  });
  await documents(db);
  await db.schema.createTable('ai_replies_chunks', (table) => {
    table.bigIncrements('id');
    table.bigInteger('document').notNullable().references('ai_replies_documents.id').onDelete('cascade');
    table.bigInteger('base').notNullable();
    table.integer('reading').notNullable();
    table.integer('place').notNullable();
    table.text('headings').notNullable();
    table.integer('page');
    table.integer('start').notNullable();
    table.integer('is_row').notNullable();
    table.integer('tokens').notNullable();
    table.text('text').notNullable();
    table.string('hash', 44).notNullable();
    table.index(['document', 'reading', 'place']);
  });
  await db.schema.createTable('ai_replies_vectors', (table) => {
    // SQLite keeps the rows in the order of an `integer`, so that those of a document lie together.
    table
      .specificType('chunk', isPg(db) ? 'bigint' : 'integer')
      .primary()
      .references('ai_replies_chunks.id')
      .onDelete('cascade');
    table.bigInteger('base').notNullable();
    table.string('model', 200).notNullable();
    table.integer('dimensions').notNullable();
    // Lists of numbers on PostgreSQL, which its extension `vector` can compare when it is there and which need none.
    if (isPg(db)) table.specificType('vector', 'real[]').notNullable();
    else table.binary('vector').notNullable();
    table.index(['base', 'model']);
  });
  await db.schema.createTable('ai_replies_answers', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.string('state', 10).notNullable();
    table.text('question').notNullable();
    table.text('answer').notNullable();
    table.string('question_hash', 44).notNullable();
    table.string('conversation_id', 60);
    table.string('contact_id', 60);
    table.bigInteger('user_id').index();
    table.bigInteger('used').notNullable().defaultTo(0);
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.index(['tenant_id', 'id']);
    table.index(['tenant_id', 'state', 'id']);
    table.index(['tenant_id', 'question_hash']);
  });
  await db.raw(
    `create index ai_replies_answers_contact on ai_replies_answers (contact_id) where contact_id is not null`,
  );
  await tests(db);
  for (const [words, table] of Object.entries(WORDS))
    await (isPg(db) ? wordsOnPostgres(db, words, table) : wordsOnSqlite(db, words, table));
}

async function documents(db: Knex): Promise<void> {
  await db.schema.createTable('ai_replies_documents', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.bigInteger('base').notNullable().references('ai_replies_bases.id').onDelete('cascade');
    table.string('name', 200).notNullable();
    table.string('media_type', 100).notNullable();
    table.bigInteger('size_bytes').notNullable();
    table.bigInteger('blob').references('core_blobs.id').index();
    table.string('state', 10).notNullable();
    table.text('reason').notNullable().defaultTo('');
    table.integer('is_gone').notNullable().defaultTo(0);
    table.string('url', 2000);
    table.string('schedule', 100);
    table.bigInteger('next_read_at');
    table.string('etag', 500);
    table.string('last_modified', 100);
    table.string('content_hash', 44).notNullable().defaultTo('');
    // Which reading of it its chunks belong to; what is asked for is the latest wish, what is shown the latest that succeeded.
    table.integer('wanted').notNullable().defaultTo(1);
    table.integer('reading').notNullable().defaultTo(0);
    table.integer('pages');
    table.integer('chunks').notNullable().defaultTo(0);
    table.string('embedded_by', 200).notNullable().defaultTo('');
    table.bigInteger('user_id').index();
    table.bigInteger('read_at');
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.index(['tenant_id', 'id']);
    table.index(['base', 'id']);
  });
  await db.raw(
    `create index ai_replies_documents_due on ai_replies_documents (next_read_at) where next_read_at is not null`,
  );
  await db.raw(
    `create index ai_replies_documents_embedded on ai_replies_documents (embedded_by, id) where state = 'ready'`,
  );
}

async function tests(db: Knex): Promise<void> {
  await db.schema.createTable('ai_replies_test_sets', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.string('name', 100).notNullable();
    table.text('bases');
    table.integer('k').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.unique(['tenant_id', 'name']);
    table.index(['tenant_id', 'id']);
  });
  await db.schema.createTable('ai_replies_test_questions', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.bigInteger('test_set').notNullable().references('ai_replies_test_sets.id').onDelete('cascade');
    table.text('question').notNullable();
    table.text('documents').notNullable();
    table.text('passage').notNullable();
    table.text('answer_words').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.index(['test_set', 'id']);
  });
  await db.schema.createTable('ai_replies_test_runs', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.bigInteger('test_set').notNullable().references('ai_replies_test_sets.id').onDelete('cascade');
    table.string('state', 10).notNullable();
    table.text('reason').notNullable().defaultTo('');
    table.text('figures');
    table.bigInteger('created_at').notNullable();
    table.bigInteger('finished_at');
    table.index(['test_set', 'id']);
  });
  await db.schema.createTable('ai_replies_test_results', (table) => {
    table.bigIncrements('id');
    table.bigInteger('run').notNullable().references('ai_replies_test_runs.id').onDelete('cascade');
    table.string('question_id', 36).notNullable();
    table.text('question').notNullable();
    table.integer('rank');
    table.integer('has_words');
    table.text('found').notNullable();
    table.unique(['run', 'question_id']);
    table.index(['run', 'id']);
  });
}

/** Words without the text, which stands in the table itself; the first column holds whose they are and does not count. */
async function wordsOnSqlite(db: Knex, words: string, table: string): Promise<void> {
  await db.raw(
    `create virtual table ${words} using fts5(
       owner, words, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0")`,
  );
  await db.raw(`insert into ${words} (${words}, rank) values ('rank', 'bm25(0.0, 1.0)')`);
  // What is deleted leaves nothing in the index: it may be what somebody wrote.
  await db.raw(`insert into ${words} (${words}, rank) values ('secure-delete', 1)`);
  await db.raw(`create virtual table ${words}_rows using fts5vocab(${words}, row)`);
  await db.raw(
    `create trigger ${words}_out after delete on ${table} begin delete from ${words} where rowid = old.id; end`,
  );
}

async function wordsOnPostgres(db: Knex, words: string, table: string): Promise<void> {
  await db.raw(
    `create table ${words} (
       id bigint primary key references ${table} (id) on delete cascade, words tsvector not null)`,
  );
  await db.raw(`create index ${words}_words on ${words} using gin (words)`);
}

export async function down(db: Knex): Promise<void> {
  for (const words of Object.keys(WORDS)) {
    if (!isPg(db)) await db.raw(`drop trigger ${words}_out`);
    if (!isPg(db)) await db.raw(`drop table ${words}_rows`);
    await db.raw(`drop table ${words}`);
  }
  for (const table of ['test_results', 'test_runs', 'test_questions', 'test_sets', 'answers', 'vectors', 'chunks'])
    await db.schema.dropTable(`ai_replies_${table}`);
  for (const table of ['documents', 'bases']) await db.schema.dropTable(`ai_replies_${table}`);
}

function isPg(db: Knex): boolean {
  return db.client.config.client === 'pg';
}
