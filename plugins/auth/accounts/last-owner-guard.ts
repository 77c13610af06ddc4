/** The last super-admin of the platform and the last owner of a tenant stay, also when several leave at once. */
import type { Transaction } from '#core/plugin.ts';
import { authErrors } from '../errors.ts';
import type { UserRow } from './tables.ts';

/**
 * Throws `last_superadmin` when nobody who can sign in would be left without this user, or this tenant. Whoever comes
 * at the same moment waits: all super-admins are locked, in one order, before anybody is counted.
 */
export async function refuseLastSuperadmin(
  trx: Transaction,
  leaving: { userId?: number; tenantId?: number },
): Promise<void> {
  await trx('auth_users').where({ is_superadmin: 1 }).orderBy('id').forUpdate().select('id');
  const active = await trx('auth_users')
    .join('auth_tenants', 'auth_tenants.id', 'auth_users.tenant_id')
    .where('is_superadmin', 1)
    .where('auth_users.status', 'active')
    .where('auth_tenants.status', 'active')
    .select('auth_users.id', 'auth_users.tenant_id');
  const isLeaving = (one: { id: number; tenant_id: number }) =>
    one.id === leaving.userId || one.tenant_id === leaving.tenantId;
  if (active.some(isLeaving) && active.every(isLeaving)) throw authErrors.last_superadmin();
}

/** Throws `last_owner` when others would be left in the tenant without an owner who can sign in. */
export async function refuseLastOwner(trx: Transaction, user: UserRow): Promise<void> {
  const people = await trx('auth_users')
    .where({ tenant_id: user.tenant_id })
    .orderBy('id')
    .forUpdate()
    .select('id', 'role', 'status');
  const others = people.filter(({ id }) => id !== user.id);
  const isOwner = people.some(({ id, role }) => id === user.id && role === 'owner');
  const isLeft = others.some(({ role, status }) => role === 'owner' && status === 'active');
  if (isOwner && others.length > 0 && !isLeft) throw authErrors.last_owner();
}
