/** Tenants, users, sessions, API keys, links, consents, the audit log. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('auth_tenants', (table) => {
    table.increments('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('name', 200).notNullable();
    table.string('status', 20).notNullable();
    table.text('settings').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
  });
  await db.schema.createTable('auth_users', (table) => {
    table.increments('id');
    table.string('uuid', 36).notNullable().unique();
    table.integer('tenant_id').notNullable().references('auth_tenants.id').index();
    table.string('email', 320).unique();
    table.string('phone', 32).unique();
    table.string('username', 64).unique();
    table.string('full_name', 200);
    table.string('avatar', 2000);
    table.string('password_hash', 300);
    table.string('role', 20).notNullable();
    table.integer('is_superadmin').notNullable().defaultTo(0);
    table.string('status', 20).notNullable();
    table.bigInteger('email_verified_at');
    table.integer('token_version').notNullable().defaultTo(0);
    table.integer('can_send').notNullable().defaultTo(0);
    table.integer('mailbox_limit').notNullable().defaultTo(10);
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.bigInteger('last_login_at');
  });
  await db.schema.createTable('auth_sessions', (table) => {
    table.string('id', 36).primary();
    table.integer('user_id').notNullable().references('auth_users.id').onDelete('cascade').index();
    table.string('method', 20).notNullable();
    table.string('ip', 64).notNullable();
    table.string('user_agent', 300).notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('last_used_at').notNullable();
    table.bigInteger('expires_at').notNullable().index();
    table.bigInteger('revoked_at');
  });
  await db.schema.createTable('auth_refresh_tokens', (table) => {
    table.string('token_hash', 64).primary();
    table.string('session_id', 36).notNullable().references('auth_sessions.id').onDelete('cascade').index();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('used_at');
  });
  await db.schema.createTable('auth_api_keys', (table) => {
    table.increments('id');
    table.string('uuid', 36).notNullable().unique();
    table.integer('user_id').notNullable().references('auth_users.id').onDelete('cascade').index();
    table.integer('tenant_id').notNullable().references('auth_tenants.id').index();
    table.string('name', 100).notNullable();
    table.string('key_prefix', 16).notNullable();
    table.string('key_hash', 64).notNullable().unique();
    table.text('scopes');
    table.bigInteger('expires_at');
    table.bigInteger('revoked_at');
    table.bigInteger('last_used_at');
    table.bigInteger('created_at').notNullable();
  });
  await db.schema.createTable('auth_links', (table) => {
    table.increments('id');
    table.string('token_hash', 64).notNullable().unique();
    table.string('purpose', 20).notNullable();
    table.integer('user_id').references('auth_users.id').onDelete('cascade').index();
    table.string('email', 320);
    table.bigInteger('expires_at').notNullable().index();
    table.bigInteger('used_at');
    table.bigInteger('created_at').notNullable();
  });
  await db.schema.createTable('auth_consents', (table) => {
    table.increments('id');
    table.integer('tenant_id').notNullable().references('auth_tenants.id').onDelete('cascade').index();
    table.integer('user_id');
    table.string('type', 50).notNullable();
    table.string('version', 20).notNullable();
    table.integer('granted').notNullable();
    table.string('ip', 64).notNullable();
    table.string('user_agent', 300).notNullable();
    table.bigInteger('created_at').notNullable();
  });
  await db.schema.createTable('auth_audit_log', (table) => {
    table.integer('seq').primary();
    table.bigInteger('at').notNullable().index();
    table.string('action', 60).notNullable().index();
    table.string('actor_kind', 20).notNullable();
    table.string('actor_id', 200).index();
    table.string('tenant_id', 36).index();
    table.string('target_type', 40);
    table.string('target_id', 320);
    table.string('ip', 64);
    table.string('user_agent', 300);
    table.text('detail').notNullable();
    table.string('prev_hash', 64).notNullable();
    table.string('hash', 64).notNullable();
  });
}

export async function down(db: Knex): Promise<void> {
  for (const table of [
    'audit_log',
    'consents',
    'links',
    'api_keys',
    'refresh_tokens',
    'sessions',
    'users',
    'tenants',
  ]) {
    await db.schema.dropTable(`auth_${table}`);
  }
}
