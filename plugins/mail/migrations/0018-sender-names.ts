/** Senders have names, which people know them by. Mail that was parsed before has none. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('mail_messages', (table) => {
    table.text('sender_name');
  });
}

export async function down(db: Knex): Promise<void> {
  await db.raw('alter table mail_messages drop column sender_name');
}
