/** Indexes by which the lists of administrators find their rows however many there are. */
import type { Knex } from 'knex';
import { dropSubstrings, indexSubstrings } from '#core/kit.ts';

const USERS = { table: 'auth_users', columns: ['email', 'username', 'full_name'] };
const TENANTS = { table: 'auth_tenants', columns: ['name'] };
const AUDITED = ['at', 'action', 'actor_id', 'tenant_id', 'target_id'];
/** Those of them that had an index without the id, in whose order the list is. */
const HAD = ['at', 'action', 'actor_id', 'tenant_id'];

export async function up(db: Knex): Promise<void> {
  await indexSubstrings(db, USERS);
  await indexSubstrings(db, TENANTS);
  await db.raw('create index auth_users_status_id on auth_users (status, id)');
  await db.raw('create index auth_users_role_id on auth_users (role, id)');
  await db.raw('create index auth_users_superadmins on auth_users (id) where is_superadmin = 1');
  await db.raw('create index auth_users_last_login on auth_users (last_login_at) where last_login_at is not null');
  await db.raw('create index auth_tenants_status_id on auth_tenants (status, id)');
  await db.raw('create index auth_api_keys_active on auth_api_keys (id) where revoked_at is null');
  await db.raw('create index auth_sessions_revoked on auth_sessions (revoked_at) where revoked_at is not null');
  await db.raw('create index auth_invitations_expires_at on auth_invitations (expires_at)');
  for (const column of HAD) await db.raw(`drop index auth_audit_entries_${column}_index`);
  for (const column of AUDITED) {
    await db.raw(`create index auth_audit_entries_${column}_id on auth_audit_entries (${column}, id)`);
  }
}

export async function down(db: Knex): Promise<void> {
  for (const column of AUDITED) await db.raw(`drop index auth_audit_entries_${column}_id`);
  for (const column of HAD) {
    await db.raw(`create index auth_audit_entries_${column}_index on auth_audit_entries (${column})`);
  }
  const users = ['auth_users_status_id', 'auth_users_role_id', 'auth_users_superadmins', 'auth_users_last_login'];
  const others = [
    'auth_tenants_status_id',
    'auth_api_keys_active',
    'auth_sessions_revoked',
    'auth_invitations_expires_at',
  ];
  for (const index of [...users, ...others]) await db.raw(`drop index ${index}`);
  await dropSubstrings(db, TENANTS);
  await dropSubstrings(db, USERS);
}
