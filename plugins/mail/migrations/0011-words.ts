/** SQLite: the words of the search index, to be read one by one. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  if (!isPg(db)) await db.raw('create virtual table mail_words using fts5vocab(mail_search, instance)');
}

export async function down(db: Knex): Promise<void> {
  if (!isPg(db)) await db.raw('drop table mail_words');
}

function isPg(db: Knex): boolean {
  return db.client.config.client === 'pg';
}
