/** Mailboxes by any part of their address. */
import type { Knex } from 'knex';
import { dropSubstrings, indexSubstrings } from '#core/kit.ts';

const MAILBOXES = { table: 'mail_mailboxes', columns: ['address'] };

export async function up(db: Knex): Promise<void> {
  await indexSubstrings(db, MAILBOXES);
}

export async function down(db: Knex): Promise<void> {
  await dropSubstrings(db, MAILBOXES);
}
