/** Invitations have a second link, which is shown to who invites and proves nothing of the address. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('auth_invitations', (table) => {
    table.string('shown_hash', 64).unique();
  });
}

/** Links that were shown stop working; mailed ones go on. */
export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('auth_invitations', (table) => {
    table.dropUnique(['shown_hash']);
    table.dropColumn('shown_hash');
  });
}
