/** What super-admins see and do with users. */
import { type NumberedPage, numberedPage, whereContains } from '#core/kit.ts';
import { coreErrors, type Principal, type Services, type Transaction } from '#core/plugin.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Origin, UserPatch, UserWish } from '../contract.ts';
import type { Erasure } from './erasure.ts';
import { refuseLastOwner, refuseLastSuperadmin } from './last-owner-guard.ts';
import type { Links } from './links.ts';
import type { Mails } from './mails.ts';
import { normalName, throwTaken } from './names.ts';
import type { OperatorTenant } from './operator-tenant.ts';
import type { People } from './people.ts';
import type { UserRow } from './tables.ts';
import { USERS_SEARCHED } from './user-search.ts';
import { type ProfileView, profileView } from './views.ts';

export interface Administration {
  users(wish: UserWish): Promise<NumberedPage<ProfileView>>;
  user(uuid: string): Promise<ProfileView>;
  changeUser(
    actor: Principal,
    uuid: string,
    patch: UserPatch,
    origin: Origin,
    terms?: ChangeTerms,
  ): Promise<ProfileView>;
  deleteUser(actor: Principal, uuid: string, origin: Origin): Promise<void>;
}

export interface ChangeTerms {
  /** Asked in the transaction, of the row that it holds locked; throws to refuse. */
  check?(trx: Transaction, row: UserRow): Promise<void>;
  /** Who a suspension is said to be by; default `platform`. */
  by?: 'platform' | 'tenant';
}

export function createAdministration(
  services: Services & {
    people: People;
    links: Links;
    mails: Mails;
    auditLog: AuditLog;
    erasure: Erasure;
    operatorTenant: OperatorTenant;
  },
): Administration {
  const { db, events, people, links, mails, auditLog, erasure, operatorTenant } = services;

  return { users, user, changeUser, deleteUser };

  async function users(wish: UserWish): Promise<NumberedPage<ProfileView>> {
    const query = db.read('auth_users').select('auth_users.*').orderBy('auth_users.id', 'desc');
    if (wish.status) query.where('auth_users.status', wish.status);
    if (wish.role === 'superadmin') query.whereRaw('auth_users.is_superadmin = 1');
    else if (wish.role) query.where('auth_users.role', wish.role);
    if (wish.tenant_id)
      query.whereIn('auth_users.tenant_id', db.read('auth_tenants').where({ uuid: wish.tenant_id }).select('id'));
    if (wish.search) await whereContains(query, USERS_SEARCHED, wish.search);
    const page = await numberedPage<UserRow>(query, wish);
    const ids = page.items.map(({ tenant_id }) => tenant_id);
    const tenants = await db.read('auth_tenants').whereIn('id', ids).select('id', 'uuid');
    const uuids = new Map(tenants.map(({ id, uuid }) => [id, uuid]));
    return { ...page, items: page.items.map((row) => profileView(row, uuids.get(row.tenant_id) ?? '')) };
  }

  async function user(uuid: string): Promise<ProfileView> {
    const row = await people.userByUuid(uuid);
    if (!row) throw coreErrors.not_found({ message: 'There is no such user' });
    const owner = await people.tenantById(row.tenant_id);
    return profileView(row, owner?.uuid ?? '');
  }

  async function changeUser(
    actor: Principal,
    uuid: string,
    patch: UserPatch,
    origin: Origin,
    { check, by = 'platform' }: ChangeTerms = {},
  ): Promise<ProfileView> {
    const email = patch.email === undefined ? undefined : normalName(patch.email);
    await db.transaction(async (trx) => {
      if (patch.is_superadmin === false || patch.status === 'suspended')
        await refuseLastSuperadmin(trx, await keyOf(trx, uuid));
      const before = await trx('auth_users').where({ uuid }).forUpdate().first();
      if (!before) throw coreErrors.not_found({ message: 'There is no such user' });
      await check?.(trx, before);
      if (patch.role && patch.role !== 'owner') await refuseLastOwner(trx, before);
      const isNewEmail = email !== undefined && email !== before.email;
      await people
        .updateUser(trx, before.id, {
          ...(patch.full_name !== undefined && { full_name: patch.full_name }),
          ...(patch.username && { username: normalName(patch.username) }),
          ...(patch.passwordHash && { password_hash: patch.passwordHash }),
          ...(isNewEmail && { email, email_verified_at: null, pending_email: null }),
          ...(patch.role && { role: patch.role }),
          ...(patch.status && { status: patch.status, suspended_by: suspendedBy(patch.status, before, by) }),
          ...(patch.is_superadmin !== undefined && { is_superadmin: patch.is_superadmin ? 1 : 0 }),
          ...(patch.can_send !== undefined && { can_send: patch.can_send ? 1 : 0 }),
          ...(patch.mailbox_limit !== undefined && { mailbox_limit: patch.mailbox_limit }),
        })
        .catch(throwTaken);
      if (patch.is_superadmin) {
        const tenant = await trx('auth_tenants').where({ id: before.tenant_id }).first('uuid');
        if (tenant) await operatorTenant.noteFirst(trx, tenant.uuid);
      }
      if (patch.passwordHash) await people.endSessions(trx, before.id);
      if (patch.passwordHash || isNewEmail) await links.voidAll(trx, before.id);
      if (isNewEmail) {
        await mails.enqueueVerify(trx, before, email, await links.make(trx, 'verify', { userId: before.id, email }));
      }
      if (patch.status === 'suspended' && before.status !== 'suspended') {
        await people.endSessions(trx, before.id);
        await events.emit(trx, 'user.suspended', { user_id: uuid }, { subject: uuid });
      }
      const about = { actor, targetType: 'user', targetId: uuid, detail: { changed: Object.keys(patch) } };
      await auditLog.record({ action: actionOf(patch, before), ...about, ...origin }, trx);
    });
    return user(uuid);
  }

  async function deleteUser(actor: Principal, uuid: string, origin: Origin): Promise<void> {
    await db.transaction(async (trx) => {
      await refuseLastSuperadmin(trx, await keyOf(trx, uuid));
      const row = await trx('auth_users').where({ uuid }).forUpdate().first();
      if (!row) throw coreErrors.not_found({ message: 'There is no such user' });
      // Held, so that whoever accepts an invitation at this moment is counted.
      await trx('auth_tenants').where({ id: row.tenant_id }).forUpdate().first('id');
      await refuseLastOwner(trx, row);
      await erasure.eraseUser(trx, row);
      // Who erases themselves leaves no address, here either.
      const from = actor.id === uuid ? {} : origin;
      await auditLog.record({ action: 'user.deleted', actor, targetType: 'user', targetId: uuid, ...from }, trx);
    });
  }

  async function keyOf(trx: Transaction, uuid: string): Promise<{ userId: number }> {
    const row = await trx('auth_users').where({ uuid }).first('id');
    if (!row) throw coreErrors.not_found({ message: 'There is no such user' });
    return { userId: row.id };
  }
}

/** What a super-admin has suspended stays theirs, whoever suspends it again. */
function suspendedBy(status: UserRow['status'], before: UserRow, by: 'platform' | 'tenant'): UserRow['suspended_by'] {
  if (status === 'active') return null;
  return before.status === 'suspended' && by === 'tenant' ? before.suspended_by : by;
}

function actionOf(patch: UserPatch, before: UserRow): string {
  if (patch.status === 'suspended') return 'user.suspended';
  if (patch.status === 'active' && before.status !== 'active') return 'user.activated';
  return 'user.changed';
}
