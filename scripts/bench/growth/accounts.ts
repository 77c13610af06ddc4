/** People and what is written down about them: a tenant for ten users, an API key each, and the audit log. */
import type { Database } from '#core/database/database.ts';
import { fill, oneOf, spellingOf } from './filling.ts';
import type { Part } from './parts.ts';

const DAY_MS = 24 * 3600 * 1000;

export const accounts: Part = {
  async fill({ services: { db }, count }) {
    const { uuid } = spellingOf(db);
    const now = Date.now();
    const tenants = Math.ceil(count / 10);
    const times = { created_at: now - 900 * DAY_MS, updated_at: now };
    // Their ids follow those of the first administrator.
    await fill(db, 'auth_tenants', tenants, {
      uuid: uuid('i', 1),
      name: `'Company ' || i`,
      status: `'active'`,
      settings: `'{}'`,
      ...times,
    });
    await fill(db, 'auth_users', count, {
      uuid: uuid('i', 2),
      tenant_id: `1 + (i % ${tenants})`,
      email: `'person' || i || '@company' || (i % 977) || '.example'`,
      username: `'person' || i`,
      full_name: `'Given' || (i % 499) || ' Family' || (i % 1009)`,
      role: oneOf('i', 'member', 'owner'),
      status: oneOf('i', ...Array(49).fill('active'), 'suspended'),
      last_login_at: `${now} - i * 60000`,
      ...times,
    });
    await fill(db, 'auth_api_keys', count, {
      uuid: uuid('i', 3),
      user_id: '1 + i',
      tenant_id: `1 + (i % ${tenants})`,
      name: `'key'`,
      key_prefix: `'pb_'`,
      key_hash: `'hash' || i`,
      created_at: now,
    });
    await fill(db, 'auth_sessions', count, {
      id: uuid('i', 4),
      user_id: '1 + i',
      method: `'password'`,
      ip: `'192.0.2.1'`,
      user_agent: `''`,
      created_at: now,
      last_used_at: now,
      expires_at: `${now + DAY_MS} + i`,
    });
  },
  measured({ get, cron }) {
    const users = '/api/v2/admin/users';
    return [
      { what: 'users: list', run: () => get(users) },
      { what: 'users: page 50', run: () => get(`${users}?page=50`) },
      { what: 'users: suspended ones', run: () => get(`${users}?status=suspended`) },
      { what: 'users: super-admins', run: () => get(`${users}?role=superadmin`) },
      { what: 'users: search, common', run: () => get(`${users}?search=company1`) },
      { what: 'users: search, one', run: () => get(`${users}?search=person777@company777`) },
      { what: 'users: search, none', run: () => get(`${users}?search=nobody-like-this`) },
      { what: 'tenants: list', run: () => get('/api/v2/admin/tenants') },
      { what: 'tenants: search', run: () => get('/api/v2/admin/tenants?search=company%2077') },
      { what: 'lists: users', run: () => get('/api/platform/auth/users') },
      { what: 'lists: users by beginning', run: () => get('/api/platform/auth/users?email=person77') },
      { what: 'lists: users, search, common', run: () => get('/api/platform/auth/users?search=company1') },
      { what: 'lists: users, search, one', run: () => get('/api/platform/auth/users?search=person777@company777') },
      { what: 'lists: tenants by name', run: () => get('/api/platform/auth/tenants?sort=name') },
      { what: 'lists: tenants, search', run: () => get('/api/platform/auth/tenants?search=company%2077') },
      { what: 'lists: API keys', run: () => get('/api/platform/auth/api-keys') },
      { what: 'stats of accounts', run: () => get('/api/v2/admin/stats') },
      { what: 'users of the mail API', run: () => get('/api/users') },
      { what: 'cron: auth.removeExpired', times: 3, run: () => cron('auth.removeExpired') },
    ];
  },
};

/** So many entries of the audit log, one a second. */
export async function fillAuditLog(db: Database, count: number): Promise<void> {
  const { uuid } = spellingOf(db);
  const actions = ['user.signed_in', 'user.changed', 'api_key.created', 'api_key.revoked', 'settings.changed'];
  await fill(db, 'auth_audit_entries', count, {
    uuid: uuid('i', 5),
    chain: `'bench'`,
    seq: 'i',
    at: `${Date.now()} - (${count} - i) * 1000`,
    actor_kind: `'user'`,
    action: oneOf('i', ...actions.flatMap((action) => Array(20).fill(action)).slice(0, 99), 'tenant.deleted'),
    actor_id: uuid('i % 1000', 2),
    tenant_id: uuid('i % 100', 1),
    target_type: `'user'`,
    target_id: uuid('i', 2),
    detail: `'{}'`,
  });
}

export const audit: Part = {
  fill: ({ services: { db }, count }) => fillAuditLog(db, count),
  measured({ get, services: { auditLog, db }, count }) {
    const list = '/api/v2/admin/audit-logs';
    const time = (share: number): string => new Date(Date.now() - count * 1000 * share).toISOString();
    const actor = '20000000-0000-7000-8000-000000000007';
    return [
      { what: 'audit: list', run: () => get(list) },
      { what: 'audit: by action', run: () => get(`${list}?action=tenant.deleted`) },
      { what: 'audit: by actor', run: () => get(`${list}?actor=${actor}`) },
      { what: 'audit: by time', run: () => get(`${list}?from=${time(0.6)}&to=${time(0.4)}`) },
      { what: 'lists: audit', run: () => get('/api/platform/auth/audit') },
      { what: 'lists: audit by action', run: () => get('/api/platform/auth/audit?action=tenant.deleted') },
      { what: 'audit: search, an action', run: () => get(`${list}?search=tenant.deleted`) },
      { what: 'audit: search, a common action', run: () => get(`${list}?search=signed_in`) },
      { what: 'audit: search, an id', run: () => get(`${list}?search=${actor}`) },
      { what: 'audit: search, nothing', run: () => get(`${list}?search=nothing-like-this`) },
      {
        what: 'audit: write',
        run: () =>
          db.transaction((trx) =>
            auditLog.record(
              {
                action: 'bench.wrote',
                actor: { kind: 'system', id: 'bench' },
                targetType: 'x',
                targetId: 'x',
              } as never,
              trx,
            ),
          ),
      },
    ];
  },
};
