/** What was gathered is deleted by its age. */
import type { Knex } from 'knex';

const INDEXES: readonly [name: string, on: string][] = [
  ['workflows_gathered_created', 'workflows_gathered (created_at)'],
];

export async function up(db: Knex): Promise<void> {
  for (const [name, on] of INDEXES) await db.raw(`create index ${name} on ${on}`);
}

export async function down(db: Knex): Promise<void> {
  for (const [name] of INDEXES) await db.raw(`drop index ${name}`);
}
