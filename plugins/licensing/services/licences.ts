/** Licences: issuing, revoking, extending, listing. Tables: licensing_licences, licensing_history, licensing_counts. */
import type { Transaction } from '#core/database/database.ts';
import { isSuperadmin, type Principal } from '#core/http/principal.ts';
import type { Services } from '#core/plugin.ts';
import type { LicenceEvent } from '../contract.ts';
import { licensingErrors } from '../errors.ts';
import type { LicenceRow, LicenceStatus, Plan } from '../tables.ts';
import { newActivationCode, newLicenceId, normalCode } from './codes.ts';
import { addCounts, countsOf, readCounts } from './counts.ts';
import { STATIC_KEY_ROLE } from './static-key.ts';

export interface NewLicence {
  plan: Plan;
  email: string;
  deviceCap?: number;
  /** Instead of the plan's own; without meaning for `lifetime`. */
  days?: number;
  userHint?: string;
  /** A second one of the same tenant with the same key gives the first one's licence. */
  idempotencyKey?: string;
}

/** Whose licences: a tenant's, the platform's (null), or everybody's (undefined). */
export type Scope = string | null | undefined;

export interface Licences {
  generate(tenantId: string | null, wish: NewLicence): Promise<LicenceRow>;
  /** Ends it for good; again is no error. Throws `LICENCE_NOT_FOUND`. */
  revoke(scope: Scope, licenseId: string, reason: string): Promise<void>;
  /** Adds days to its end, or to now when it is over; an expired one works again. Throws `LICENCE_NOT_FOUND`. */
  extend(scope: Scope, licenseId: string, days: number, idempotencyKey?: string): Promise<LicenceRow>;
  list(scope: Scope, filter: { status?: LicenceStatus; limit: number; offset: number }): Promise<LicenceRow[]>;
  stats(scope: Scope): Promise<{
    total_licenses: number;
    active_licenses: number;
    plan_statistics: Record<Plan, number>;
    active_devices: number;
  }>;
  /** Throws `LICENCE_NOT_FOUND`. */
  find(scope: Scope, licenseId: string): Promise<LicenceRow>;
  /** Marks some whose time is over; gives how many. */
  expireSome(limit: number): Promise<number>;
  record(trx: Transaction, licence: Pick<LicenceRow, 'id'>, what: string, detail: object): Promise<void>;
}

const DAY_MS = 24 * 3600_000;
const DEFAULT_DAYS: Record<Plan, number | null> = { monthly: 30, yearly: 365, lifetime: null };
const DEFAULT_DEVICE_CAP = 5;

export function createLicences({ db, clock, events }: Services): Licences {
  return { generate, revoke, extend, list, stats, find, expireSome, record };

  async function generate(tenantId: string | null, wish: NewLicence): Promise<LicenceRow> {
    const now = clock.now();
    const days = wish.plan === 'lifetime' ? null : (wish.days ?? DEFAULT_DAYS[wish.plan]);
    const activationCode = newActivationCode();
    return db.transaction(async (trx) => {
      const earlier = await doneBefore(trx, wish.idempotencyKey);
      if (earlier) return earlier;
      const [licence] = await trx('licensing_licences')
        .insert({
          license_id: newLicenceId(),
          tenant_id: tenantId,
          activation_code: activationCode,
          code: normalCode(activationCode),
          email: wish.email.trim().toLowerCase(),
          plan: wish.plan,
          device_cap: wish.deviceCap ?? DEFAULT_DEVICE_CAP,
          user_hint: wish.userHint ?? '',
          status: 'active',
          issued_at: now,
          valid_until: days === null ? null : now + days * DAY_MS,
          active_devices: 0,
          created_at: now,
          updated_at: now,
        })
        .returning('*');
      if (!licence) throw new Error('The licence was not stored');
      await addCounts(trx, tenantId, countsOf(licence));
      await record(
        trx,
        licence,
        'issued',
        { plan: licence.plan, valid_until: licence.valid_until },
        wish.idempotencyKey,
      );
      await events.emit(trx, 'licence.issued', eventOf(licence), { tenantId, subject: licence.license_id });
      return licence;
    });
  }

  async function revoke(scope: Scope, licenseId: string, reason: string): Promise<void> {
    await db.transaction(async (trx) => {
      const licence = await locked(trx, scope, licenseId);
      if (licence.status === 'revoked') return;
      await changeStatus(trx, licence, 'revoked', { revoked_reason: reason });
      await record(trx, licence, 'revoked', { reason });
      const options = { tenantId: licence.tenant_id, subject: licenseId };
      await events.emit(trx, 'licence.revoked', { ...eventOf(licence), reason }, options);
    });
  }

  async function extend(scope: Scope, licenseId: string, days: number, idempotencyKey?: string): Promise<LicenceRow> {
    return db.transaction(async (trx) => {
      const earlier = await doneBefore(trx, idempotencyKey);
      if (earlier) return earlier;
      const licence = await locked(trx, scope, licenseId);
      if (licence.valid_until === null) return licence;
      const valid_until = Math.max(licence.valid_until, clock.now()) + days * DAY_MS;
      const status = licence.status === 'expired' ? 'active' : licence.status;
      await changeStatus(trx, licence, status, { valid_until });
      await record(trx, licence, 'extended', { days, valid_until }, idempotencyKey);
      return { ...licence, status, valid_until };
    });
  }

  async function changeStatus(
    trx: Transaction,
    licence: LicenceRow,
    status: LicenceStatus,
    patch: Partial<LicenceRow>,
  ) {
    await trx('licensing_licences')
      .where({ id: licence.id })
      .update({ ...patch, status, updated_at: clock.now() });
    if (status === licence.status) return;
    await addCounts(trx, licence.tenant_id, { [`status.${licence.status}`]: -1, [`status.${status}`]: 1 });
  }

  /** On PostgreSQL the row is held until the transaction ends; SQLite has one writer anyway. */
  async function locked(trx: Transaction, scope: Scope, licenseId: string): Promise<LicenceRow> {
    const query = trx('licensing_licences').where({ license_id: licenseId });
    if (scope !== undefined) query.where({ tenant_id: scope });
    if (db.client === 'pg') query.forUpdate();
    const licence = await query.first();
    if (!licence) throw licensingErrors.LICENCE_NOT_FOUND();
    return licence;
  }

  async function list(scope: Scope, { status, limit, offset }: Parameters<Licences['list']>[1]): Promise<LicenceRow[]> {
    const query = db.read('licensing_licences').orderBy('id', 'desc').limit(limit).offset(offset);
    if (scope !== undefined) query.where({ tenant_id: scope });
    if (status) query.where({ status });
    return query;
  }

  async function stats(scope: Scope) {
    const counts = await readCounts(db, scope);
    const count = (name: string): number => counts.get(name) ?? 0;
    return {
      total_licenses: count('total'),
      active_licenses: count('status.active'),
      plan_statistics: {
        monthly: count('plan.monthly'),
        yearly: count('plan.yearly'),
        lifetime: count('plan.lifetime'),
      },
      active_devices: count('devices'),
    };
  }

  async function find(scope: Scope, licenseId: string): Promise<LicenceRow> {
    const query = db.read('licensing_licences').where({ license_id: licenseId });
    if (scope !== undefined) query.where({ tenant_id: scope });
    const licence = await query.first();
    if (!licence) throw licensingErrors.LICENCE_NOT_FOUND();
    return licence;
  }

  /** What is over stays over when this runs late: verification looks at the time itself. */
  async function expireSome(limit: number): Promise<number> {
    return db.transaction(async (trx) => {
      const query = trx('licensing_licences').where({ status: 'active' }).where('valid_until', '<=', clock.now());
      if (db.client === 'pg') query.forUpdate().skipLocked();
      const over = await query.limit(limit);
      for (const licence of over) {
        await changeStatus(trx, licence, 'expired', {});
        await record(trx, licence, 'expired', {});
        const options = { tenantId: licence.tenant_id, subject: licence.license_id };
        await events.emit(trx, 'licence.expired', eventOf(licence), options);
      }
      return over.length;
    });
  }

  /** The licence that a call with this key was about, when it was made before. */
  async function doneBefore(trx: Transaction, idempotencyKey?: string): Promise<LicenceRow | undefined> {
    if (!idempotencyKey) return undefined;
    const done = await trx('licensing_history').where({ idempotency_key: idempotencyKey }).first('licence_id');
    return done && trx('licensing_licences').where({ id: done.licence_id }).first();
  }

  async function record(
    trx: Transaction,
    { id }: Pick<LicenceRow, 'id'>,
    what: string,
    detail: object,
    idempotencyKey?: string,
  ): Promise<void> {
    await trx('licensing_history').insert({
      licence_id: id,
      what,
      detail: JSON.stringify(detail),
      idempotency_key: idempotencyKey ?? null,
      at: clock.now(),
    });
  }
}

/** Super-admins and the static key reach every licence; others those of their tenant. */
export function scopeOf(principal: Principal): Scope {
  return isSuperadmin(principal) || principal.roles.includes(STATIC_KEY_ROLE) ? undefined : principal.tenantId;
}

export function eventOf({ license_id, email, plan, valid_until }: LicenceRow): LicenceEvent {
  return { license_id, email, plan, valid_until };
}
