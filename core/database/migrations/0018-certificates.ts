/** Certificates that come by themselves, where every replica finds them, and what proves names to an authority. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('core_certificates', (table) => {
    table.string('name', 253).primary();
    table.string('directory', 500);
    table.text('chain');
    // Sealed.
    table.text('private_key');
    table.text('issuer');
    table.bigInteger('begins_at');
    table.bigInteger('ends_at');
    table.bigInteger('due_at').notNullable();
    table.bigInteger('tried_at');
    table.integer('failures').notNullable();
    table.text('error');
  });
  await db.schema.createTable('core_acme_accounts', (table) => {
    table.string('directory', 500).primary();
    // Sealed.
    table.text('private_key').notNullable();
    table.bigInteger('created_at').notNullable();
  });
  await db.schema.createTable('core_acme_challenges', (table) => {
    table.string('token', 255).primary();
    table.text('answer').notNullable();
    table.bigInteger('expires_at').notNullable();
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('core_acme_challenges');
  await db.schema.dropTable('core_acme_accounts');
  await db.schema.dropTable('core_certificates');
}
