/** Tenants: their list, their name and status, their erasure. Table: auth_tenants. */
import { type NumberedPage, numberedPage, type SubstringIndex, whereContains } from '#core/kit.ts';
import { coreErrors, type Precondition, type Principal, type Services } from '#core/plugin.ts';
import type { Erasure } from '../accounts/erasure.ts';
import { refuseLastSuperadmin } from '../accounts/last-owner-guard.ts';
import type { People } from '../accounts/people.ts';
import type { TenantRow } from '../accounts/tables.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Origin, UserWish } from '../contract.ts';
import { SUSPENSION_CHANGED } from './suspensions.ts';
import { userCounts } from './user-counts.ts';
import { editableTenant } from './version-fields.ts';
import { type TenantView, tenantView } from './views.ts';

type TenantWish = Pick<UserWish, 'page' | 'page_size' | 'search' | 'status'>;
type TenantPatch = Partial<Pick<TenantRow, 'name' | 'status'>>;

export interface Tenants {
  page(wish: TenantWish): Promise<NumberedPage<TenantView>>;
  /** Throws `not_found`. */
  one(uuid: string): Promise<TenantView>;
  /** Throws `not_found`, `precondition_failed`, `last_superadmin`. */
  change(
    actor: Principal,
    uuid: string,
    patch: TenantPatch,
    origin: Origin,
    expects?: Precondition,
  ): Promise<TenantView>;
  /** Erases it with everybody in it. Throws `not_found`, `last_superadmin`, `operator_tenant`. */
  erase(actor: Principal, uuid: string, origin: Origin): Promise<void>;
}

/** What of tenants is found by any part of it; the migration that makes this index has a copy. */
export const TENANTS_SEARCHED: SubstringIndex = { table: 'auth_tenants', columns: ['name'] };

export function createTenants(services: Services & { people: People; auditLog: AuditLog; erasure: Erasure }): Tenants {
  const { db, events, notices, people, auditLog, erasure } = services;

  return { page, one, change, erase };

  async function page(wish: TenantWish): Promise<NumberedPage<TenantView>> {
    const query = db.read('auth_tenants').select('auth_tenants.*').orderBy('auth_tenants.id', 'desc');
    if (wish.status) query.where('status', wish.status);
    if (wish.search) await whereContains(query, TENANTS_SEARCHED, wish.search);
    const found = await numberedPage<TenantRow>(query, wish);
    const counts = await userCounts(
      db,
      found.items.map(({ id }) => id),
    );
    return { ...found, items: found.items.map((row) => ({ ...tenantView(row), user_count: counts.get(row.id) ?? 0 })) };
  }

  async function one(uuid: string): Promise<TenantView> {
    const row = await people.tenantByUuid(uuid);
    if (!row) throw coreErrors.not_found({ message: 'There is no such tenant' });
    return { ...tenantView(row), user_count: (await userCounts(db, [row.id])).get(row.id) ?? 0 };
  }

  async function change(
    actor: Principal,
    uuid: string,
    patch: TenantPatch,
    origin: Origin,
    expects?: Precondition,
  ): Promise<TenantView> {
    await db.transaction(async (trx) => {
      const row = await trx('auth_tenants').where({ uuid }).forUpdate().first();
      if (!row) throw coreErrors.not_found({ message: 'There is no such tenant' });
      expects?.(editableTenant(row));
      if (patch.status === 'suspended') await refuseLastSuperadmin(trx, { tenantId: row.id });
      await people.updateTenant(trx, row.id, patch);
      if (patch.status !== undefined && patch.status !== row.status) {
        const type = patch.status === 'suspended' ? 'tenant.suspended' : 'tenant.activated';
        await events.emit(trx, type, { tenant_id: uuid }, { tenantId: uuid, subject: uuid });
        await notices.send(trx, SUSPENSION_CHANGED, uuid);
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
    return one(uuid);
  }

  async function erase(actor: Principal, uuid: string, origin: Origin): Promise<void> {
    await db.transaction(async (trx) => {
      // Held: whoever accepts an invitation at this moment is in it by then, and goes too.
      const row = await trx('auth_tenants').where({ uuid }).forUpdate().first();
      if (!row) throw coreErrors.not_found({ message: 'There is no such tenant' });
      await refuseLastSuperadmin(trx, { tenantId: row.id });
      await erasure.eraseTenant(trx, row);
      const from = actor.tenantId === uuid ? {} : origin;
      await auditLog.record(
        { action: 'tenant.deleted', actor, targetType: 'tenant', targetId: uuid, tenantId: uuid, ...from },
        trx,
      );
    });
  }
}
