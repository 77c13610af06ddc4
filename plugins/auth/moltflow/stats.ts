/** Figures of the whole platform: users, tenants and API keys that are there. */
import { totalOf } from '#core/kit.ts';
import type { Database } from '#core/plugin.ts';

export async function platformStats({ read }: Database, now: number): Promise<Record<string, number>> {
  const dayAgo = now - 24 * 3600_000;
  const count = (table: 'auth_users' | 'auth_tenants' | 'auth_api_keys', where: object = {}): Promise<number> =>
    totalOf(read(table).where(where));
  const recent = await totalOf(read('auth_users').where('last_login_at', '>', dayAgo));
  return {
    total_users: await count('auth_users'),
    active_users: await count('auth_users', { status: 'active' }),
    suspended_users: await count('auth_users', { status: 'suspended' }),
    users_signed_in_today: recent,
    total_tenants: await count('auth_tenants'),
    active_tenants: await count('auth_tenants', { status: 'active' }),
    active_api_keys: await totalOf(read('auth_api_keys').whereNull('revoked_at')),
  };
}
