/** A device that is activated again gets tokens beside the former ones, which count until the new ones are used. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw('alter table robots_refresh_tokens add column is_beside integer not null default 0');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('alter table robots_refresh_tokens drop column is_beside');
}
