/**
 * Whose right to send a mail leaves by, a forward, a rule that forwards: they are asked about when it leaves. Null for a
 * super-admin's, who needs none, and for what was set before.
 */
import type { Knex } from 'knex';

const COLUMNS = { mail_sent: 'sent_by', mail_mailboxes: 'forward_by', mail_rules: 'made_by' };

export async function up(db: Knex): Promise<void> {
  for (const [name, column] of Object.entries(COLUMNS))
    await db.schema.alterTable(name, (table) => {
      table.integer(column);
    });
}

export async function down(db: Knex): Promise<void> {
  for (const [name, column] of Object.entries(COLUMNS)) await db.raw(`alter table ${name} drop column ${column}`);
}
