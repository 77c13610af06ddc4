/** Indexes of the lists of people, tenants, keys, sessions, invitations and the audit log; and who suspended somebody. */
import type { Knex } from 'knex';

/** Each list by the order in which it is shown, for all and within a tenant or a person. */
const INDEXES: Record<string, string> = {
  auth_users_created: 'auth_users (created_at, id)',
  auth_users_of_tenant: 'auth_users (tenant_id, id)',
  auth_users_of_tenant_created: 'auth_users (tenant_id, created_at, id)',
  auth_tenants_created: 'auth_tenants (created_at, id)',
  auth_tenants_name: 'auth_tenants (name, id)',
  auth_api_keys_created: 'auth_api_keys (created_at, id)',
  auth_api_keys_of_tenant: 'auth_api_keys (tenant_id, created_at, id)',
  auth_api_keys_of_user: 'auth_api_keys (user_id, created_at, id)',
  auth_sessions_of_user: 'auth_sessions (user_id, last_used_at, id)',
  auth_invitations_of_tenant: 'auth_invitations (tenant_id, created_at, id)',
  auth_audit_entries_of_tenant: 'auth_audit_entries (tenant_id, at, id)',
  auth_audit_entries_of_actor: 'auth_audit_entries (actor_id, at, id)',
  auth_audit_entries_of_action: 'auth_audit_entries (action, at, id)',
  auth_audit_entries_of_target: 'auth_audit_entries (target_id, at, id)',
};
/** What is filtered by its beginning; on PostgreSQL in the order of the characters, whatever the database's language. */
const BEGINNINGS: Record<string, string> = {
  auth_users_email_begins: 'auth_users (email',
  auth_invitations_email_begins: 'auth_invitations (tenant_id, email',
};

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('auth_users', (table) => {
    // Of those who are suspended; null for those who were before this version knew.
    table.string('suspended_by', 10);
  });
  for (const [name, columns] of Object.entries(INDEXES)) await db.raw(`create index ${name} on ${columns}`);
  const collation = db.client.config.client === 'pg' ? ' collate "C"' : '';
  for (const [name, columns] of Object.entries(BEGINNINGS)) {
    await db.raw(`create index ${name} on ${columns}${collation})`);
  }
}

export async function down(db: Knex): Promise<void> {
  for (const name of [...Object.keys(INDEXES), ...Object.keys(BEGINNINGS)]) await db.raw(`drop index ${name}`);
  // As SQLite does it: Knex would make the table anew there, and lose its triggers.
  await db.raw('alter table auth_users drop column suspended_by');
}
