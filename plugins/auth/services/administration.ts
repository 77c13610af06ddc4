/** What super-admins see and do: users, tenants, the audit log, figures. */

import { isoSeconds, type NumberedPage, numberedPage, totalOf, whereContains } from '#core/kit.ts';
import { coreErrors, type Precondition, type Principal, type Services, type Transaction } from '#core/plugin.ts';
import type { Origin, UserPatch } from '../contract.ts';
import type { AuditRow, TenantRow, UserRow } from '../tables.ts';
import { type ProfileView, profileView, type TenantView, tenantView } from '../views.ts';
import type { AuditLog } from './audit-log.ts';
import { type AuditFilter, auditPage, type ListWish } from './audit-page.ts';
import type { Erasure } from './erasure.ts';
import { keepOwner, keepSuperadmin } from './last-owner-guard.ts';
import type { Links } from './links.ts';
import type { Mails } from './mails.ts';
import { normalName, throwTaken } from './names.ts';
import type { OperatorTenant } from './operator-tenant.ts';
import type { People } from './people.ts';
import { STANDING_CHANGED } from './suspensions.ts';
import { userCounts } from './user-counts.ts';
import { TENANTS_SEARCHED, USERS_SEARCHED } from './user-search.ts';
import { editableTenant } from './version-fields.ts';

export interface Administration {
  users(wish: ListWish & { status?: string; role?: string; tenant_id?: string }): Promise<NumberedPage<ProfileView>>;
  user(uuid: string): Promise<ProfileView>;
  changeUser(
    actor: Principal,
    uuid: string,
    patch: UserPatch,
    origin: Origin,
    terms?: ChangeTerms,
  ): Promise<ProfileView>;
  deleteUser(actor: Principal, uuid: string, origin: Origin): Promise<void>;
  tenants(wish: ListWish & { status?: string }): Promise<NumberedPage<TenantView>>;
  tenant(uuid: string): Promise<TenantView>;
  changeTenant(
    actor: Principal,
    uuid: string,
    patch: { name?: string; status?: 'active' | 'suspended' },
    origin: Origin,
    expects?: Precondition,
  ): Promise<TenantView>;
  deleteTenant(actor: Principal, uuid: string, origin: Origin): Promise<void>;
  auditEntries(wish: ListWish & AuditFilter): Promise<NumberedPage<unknown>>;
  stats(): Promise<Record<string, number>>;
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
  const { db, clock, events, notices, people, links, mails, auditLog, erasure, operatorTenant } = services;

  return { users, user, changeUser, deleteUser, tenants, tenant, changeTenant, deleteTenant, auditEntries, stats };

  async function users(wish: Parameters<Administration['users']>[0]): Promise<NumberedPage<ProfileView>> {
    const query = db.read('auth_users').select('auth_users.*').orderBy('auth_users.id', 'desc');
    if (wish.status) query.where('auth_users.status', wish.status);
    if (wish.role === 'superadmin') query.whereRaw('auth_users.is_superadmin = 1');
    else if (wish.role) query.where('auth_users.role', wish.role);
    if (wish.tenant_id) query.whereIn('auth_users.tenant_id', tenantsWhere({ uuid: wish.tenant_id }).select('id'));
    if (wish.search) await whereContains(query, USERS_SEARCHED, wish.search);
    const page = await numberedPage<UserRow>(query, wish);
    const ids = page.items.map(({ tenant_id }) => tenant_id);
    const tenants = await db.read('auth_tenants').whereIn('id', ids).select('id', 'uuid');
    const uuids = new Map(tenants.map(({ id, uuid }) => [id, uuid]));
    return { ...page, items: page.items.map((row) => profileView(row, uuids.get(row.tenant_id) ?? '')) };
  }

  function tenantsWhere(where: Partial<TenantRow>) {
    return db.read('auth_tenants').where(where);
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
        await keepSuperadmin(trx, await keyOf(trx, uuid));
      const before = await trx('auth_users').where({ uuid }).forUpdate().first();
      if (!before) throw coreErrors.not_found({ message: 'There is no such user' });
      await check?.(trx, before);
      if (patch.role && patch.role !== 'owner') await keepOwner(trx, before);
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
      await keepSuperadmin(trx, await keyOf(trx, uuid));
      const row = await trx('auth_users').where({ uuid }).forUpdate().first();
      if (!row) throw coreErrors.not_found({ message: 'There is no such user' });
      // Held, so that whoever accepts an invitation at this moment is counted.
      await trx('auth_tenants').where({ id: row.tenant_id }).forUpdate().first('id');
      await keepOwner(trx, row);
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

  async function tenants(wish: Parameters<Administration['tenants']>[0]): Promise<NumberedPage<TenantView>> {
    const query = db.read('auth_tenants').select('auth_tenants.*').orderBy('auth_tenants.id', 'desc');
    if (wish.status) query.where('status', wish.status);
    if (wish.search) await whereContains(query, TENANTS_SEARCHED, wish.search);
    const page = await numberedPage<TenantRow>(query, wish);
    const counts = await userCounts(
      db,
      page.items.map(({ id }) => id),
    );
    return { ...page, items: page.items.map((row) => ({ ...tenantView(row), user_count: counts.get(row.id) ?? 0 })) };
  }

  async function tenant(uuid: string): Promise<TenantView> {
    const row = await people.tenantByUuid(uuid);
    if (!row) throw coreErrors.not_found({ message: 'There is no such tenant' });
    return { ...tenantView(row), user_count: (await userCounts(db, [row.id])).get(row.id) ?? 0 };
  }

  async function changeTenant(
    actor: Principal,
    uuid: string,
    patch: { name?: string; status?: 'active' | 'suspended' },
    origin: Origin,
    expects?: Precondition,
  ): Promise<TenantView> {
    await db.transaction(async (trx) => {
      const row = await trx('auth_tenants').where({ uuid }).forUpdate().first();
      if (!row) throw coreErrors.not_found({ message: 'There is no such tenant' });
      expects?.(editableTenant(row));
      if (patch.status === 'suspended') await keepSuperadmin(trx, { tenantId: row.id });
      await people.updateTenant(trx, row.id, patch);
      if (patch.status !== undefined && patch.status !== row.status) {
        const type = patch.status === 'suspended' ? 'tenant.suspended' : 'tenant.activated';
        await events.emit(trx, type, { tenant_id: uuid }, { tenantId: uuid, subject: uuid });
        await notices.send(trx, STANDING_CHANGED, uuid);
      }
      await auditLog.record(
        {
          action: 'tenant.changed',
          actor,
          targetType: 'tenant',
          targetId: uuid,
          tenantId: uuid,
          detail: { changed: Object.keys(patch), status: patch.status },
          ...origin,
        },
        trx,
      );
    });
    return tenant(uuid);
  }

  async function deleteTenant(actor: Principal, uuid: string, origin: Origin): Promise<void> {
    await db.transaction(async (trx) => {
      // Held: whoever accepts an invitation at this moment is in it by then, and goes too.
      const row = await trx('auth_tenants').where({ uuid }).forUpdate().first();
      if (!row) throw coreErrors.not_found({ message: 'There is no such tenant' });
      await keepSuperadmin(trx, { tenantId: row.id });
      await erasure.eraseTenant(trx, row);
      const from = actor.tenantId === uuid ? {} : origin;
      await auditLog.record(
        { action: 'tenant.deleted', actor, targetType: 'tenant', targetId: uuid, tenantId: uuid, ...from },
        trx,
      );
    });
  }

  async function auditEntries(wish: ListWish & AuditFilter): Promise<NumberedPage<unknown>> {
    const page = await auditPage(db, wish);
    return { ...page, items: page.items.map(auditView) };
  }

  async function stats(): Promise<Record<string, number>> {
    const dayAgo = clock.now() - 24 * 3600_000;
    const count = (table: 'auth_users' | 'auth_tenants' | 'auth_api_keys', where: object = {}): Promise<number> =>
      totalOf(db.read(table).where(where));
    const recent = await totalOf(db.read('auth_users').where('last_login_at', '>', dayAgo));
    return {
      total_users: await count('auth_users'),
      active_users: await count('auth_users', { status: 'active' }),
      suspended_users: await count('auth_users', { status: 'suspended' }),
      users_signed_in_today: recent,
      total_tenants: await count('auth_tenants'),
      active_tenants: await count('auth_tenants', { status: 'active' }),
      active_api_keys: await totalOf(db.read('auth_api_keys').whereNull('revoked_at')),
    };
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

function auditView(row: AuditRow) {
  const { uuid: _uuid, mac: _mac, origin_mac: _originMac, at, detail, ...rest } = row;
  return { ...rest, detail: JSON.parse(detail), created_at: isoSeconds(at) };
}
