/** Rules whose action another plugin brings: longer names, and settings of the action's own. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw('alter table mail_rules add column settings text');
  // SQLite keeps no lengths.
  if (db.client.config.client === 'pg') await db.raw('alter table mail_rules alter column action type varchar(64)');
}

export async function down(db: Knex): Promise<void> {
  await db('mail_rules').whereNotIn('action', ['accept', 'reject', 'quarantine', 'forward', 'tag']).delete();
  if (db.client.config.client === 'pg') await db.raw('alter table mail_rules alter column action type varchar(16)');
  await db.raw('alter table mail_rules drop column settings');
}
