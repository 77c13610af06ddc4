/** An e-mail address that is to replace the account's once it is confirmed. Names in one Unicode form. */
import type { Knex } from 'knex';

const NAMES = ['email', 'username'] as const;

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('auth_users', (table) => {
    table.string('pending_email', 320);
  });
  // Only the same name twice stays as it is: one of the two is found by its name then, as it was.
  for (const user of await db('auth_users').select('id', ...NAMES)) {
    for (const column of NAMES) {
      const name = user[column]?.normalize('NFC');
      if (!name || name === user[column]) continue;
      if (await db('auth_users').where(column, name).first('id')) continue;
      await db('auth_users').where('id', user.id).update(column, name);
    }
  }
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('auth_users', (table) => {
    table.dropColumn('pending_email');
  });
}
