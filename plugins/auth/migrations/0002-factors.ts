/** Second factors, passkeys, sign-in by other providers, invitations. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  const ofUser = (table: Knex.CreateTableBuilder) =>
    table.integer('user_id').notNullable().references('auth_users.id').onDelete('cascade');

  await db.schema.createTable('auth_totp', (table) => {
    ofUser(table).primary();
    table.string('secret', 300).notNullable();
    table.bigInteger('confirmed_at');
    table.bigInteger('last_step').notNullable();
  });
  await db.schema.createTable('auth_recovery_codes', (table) => {
    ofUser(table);
    table.string('code_hash', 64).notNullable();
    table.bigInteger('used_at');
    table.primary(['user_id', 'code_hash']);
  });
  await db.schema.createTable('auth_passkeys', (table) => {
    table.string('credential_id', 1024).primary();
    ofUser(table).index();
    table.string('uuid', 36).notNullable().unique();
    table.string('name', 100).notNullable();
    table.text('public_key').notNullable();
    table.bigInteger('counter').notNullable();
    table.string('transports', 200).notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('last_used_at');
  });
  await db.schema.createTable('auth_challenges', (table) => {
    table.string('id', 64).primary();
    table.string('purpose', 30).notNullable();
    table.integer('user_id');
    table.text('data').notNullable();
    table.bigInteger('expires_at').notNullable().index();
  });
  await db.schema.createTable('auth_oidc_identities', (table) => {
    table.string('provider', 100).notNullable();
    table.string('subject', 255).notNullable();
    ofUser(table).index();
    table.bigInteger('created_at').notNullable();
    table.primary(['provider', 'subject']);
  });
  await db.schema.createTable('auth_invitations', (table) => {
    table.increments('id');
    table.string('uuid', 36).notNullable().unique();
    table.integer('tenant_id').notNullable().references('auth_tenants.id').index();
    table.string('email', 320).notNullable();
    table.string('role', 20).notNullable();
    table.string('token_hash', 64).notNullable().unique();
    table.integer('invited_by').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('expires_at').notNullable();
    table.bigInteger('accepted_at');
    table.bigInteger('revoked_at');
  });
}

export async function down(db: Knex): Promise<void> {
  for (const table of ['invitations', 'oidc_identities', 'challenges', 'passkeys', 'recovery_codes', 'totp']) {
    await db.schema.dropTable(`auth_${table}`);
  }
}
