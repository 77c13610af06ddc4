/** `namespace/name` of a workflow has up to 127 characters. SQLite bounds no text by its type. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  if (isPg(db)) await db.raw('alter table ai_replies_calls alter column workflow_id type varchar(200)');
}

export async function down(db: Knex): Promise<void> {
  if (isPg(db))
    await db.raw('alter table ai_replies_calls alter column workflow_id type varchar(60) using left(workflow_id, 60)');
}

function isPg(db: Knex): boolean {
  return db.client.config.client === 'pg';
}
