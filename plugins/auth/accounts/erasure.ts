/** Erasing people and tenants (GDPR art. 17): their rows go, the audit log keeps the id alone. */
import type { Services, Transaction } from '#core/plugin.ts';
import type { AccountData, DataOfPart } from '../account-data.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { authErrors } from '../errors.ts';
import { refuseLastSuperadmin } from './last-owner-guard.ts';
import { cancelMails, cancelMailsOf } from './mails.ts';
import type { OperatorTenant } from './operator-tenant.ts';
import type { People } from './people.ts';
import type { InvitationRow, TenantRow, UserRow } from './tables.ts';

export interface Erasure {
  /**
   * Deletes the user; the tenant too when nobody is left in it. Emits `user.deleted`. Throws `operator_tenant` for the last
   * one in the tenant of who runs this server.
   */
  eraseUser(trx: Transaction, user: UserRow): Promise<void>;
  /** For the person: throws `owner_with_members` when others would be left without an owner. */
  leave(trx: Transaction, user: UserRow): Promise<void>;
  eraseTenant(trx: Transaction, tenant: TenantRow): Promise<void>;
}

export function createErasure({
  events,
  people,
  auditLog,
  operatorTenant,
  accountData,
}: Services & {
  people: People;
  auditLog: AuditLog;
  operatorTenant: OperatorTenant;
  accountData: AccountData;
}): Erasure {
  return { eraseUser, leave, eraseTenant };

  async function leave(trx: Transaction, user: UserRow): Promise<void> {
    // Whoever accepts an invitation at this moment holds it too.
    await trx('auth_tenants').where({ id: user.tenant_id }).forUpdate().first('id');
    const other = await trx('auth_users').where({ tenant_id: user.tenant_id }).whereNot({ id: user.id }).first('id');
    if (user.role === 'owner' && other) throw authErrors.owner_with_members();
    await refuseLastSuperadmin(trx, { userId: user.id });
    await eraseUser(trx, user);
  }

  async function eraseUser(trx: Transaction, user: UserRow): Promise<void> {
    const tenant = await trx('auth_tenants').where({ id: user.tenant_id }).first();
    await deleteRows(trx, user);
    const tenantId = tenant?.uuid ?? '';
    await events.emit(
      trx,
      'user.deleted',
      { user_id: user.uuid, id: user.id, tenant_id: tenantId },
      { tenantId, subject: user.uuid },
    );
    const left = await trx('auth_users').where({ tenant_id: user.tenant_id }).first('id');
    if (!left && tenant) await deleteTenant(trx, tenant);
    invalidate(trx, [user], tenantId);
  }

  async function eraseTenant(trx: Transaction, tenant: TenantRow): Promise<void> {
    const users = await trx('auth_users').where({ tenant_id: tenant.id });
    for (const user of users) {
      await deleteRows(trx, user);
      const about = { user_id: user.uuid, id: user.id, tenant_id: tenant.uuid };
      await events.emit(trx, 'user.deleted', about, { tenantId: tenant.uuid, subject: user.uuid });
    }
    await deleteTenant(trx, tenant);
    invalidate(trx, users, tenant.uuid);
  }

  /** Keys that a super-admin has made may be anybody's. */
  function invalidate(trx: Transaction, users: readonly UserRow[], tenantId: string): void {
    const mayBeAnybody = users.some(({ is_superadmin }) => is_superadmin === 1);
    if (mayBeAnybody) people.invalidate(trx);
    for (const { id } of users) people.invalidate(trx, { userId: id });
    people.invalidate(trx, { tenantId });
  }

  /** Sessions, keys, links, factors and passkeys go with the user by their foreign keys. */
  async function deleteRows(trx: Transaction, user: UserRow): Promise<void> {
    await accountData.erase(trx, user);
    // An address that was never confirmed may be somebody else's, who waits for what is sent there.
    const isTheirs = user.email !== null && user.email_verified_at !== null;
    await cancelMails(trx, [isTheirs ? user.email : null, user.phone]);
    await cancelMailsOf(trx, user);
    await trx('auth_users').where({ id: user.id }).delete();
    await auditLog.erase(trx, user.uuid);
  }

  async function deleteTenant(trx: Transaction, tenant: TenantRow): Promise<void> {
    await operatorTenant.refuseErasure(trx, tenant.uuid);
    await accountData.eraseTenant(trx, tenant.id);
    await trx('auth_tenants').where({ id: tenant.id }).delete();
    await events.emit(trx, 'tenant.deleted', { tenant_id: tenant.uuid }, { tenantId: tenant.uuid });
  }
}

/** What of invitations goes with a person or a tenant, or ends when an account is claimed. */
export const invitationData: DataOfPart = {
  /** Those for this address, and those made by this person: nobody answers for them any more. */
  async erase(trx, { id, email, email_verified_at }) {
    await deleteInvitations(trx, { invited_by: id });
    // An address that was never confirmed may be somebody else's, who waits for what is sent there.
    if (email !== null && email_verified_at !== null) await deleteInvitations(trx, { email });
  },
  eraseTenant: (trx, tenant_id) => deleteInvitations(trx, { tenant_id }),
  async revoke(trx, { id }) {
    await trx('auth_invitations').where({ invited_by: id, accepted_at: null }).delete();
  },
};

async function deleteInvitations(trx: Transaction, which: Partial<InvitationRow>): Promise<void> {
  const gone = await trx('auth_invitations').where(which).select('email');
  await trx('auth_invitations').where(which).delete();
  await cancelMails(
    trx,
    gone.map(({ email }) => email),
  );
}
