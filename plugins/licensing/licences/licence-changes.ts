/** What happens to a licence after it was issued: renewed, upgraded, suspended, revoked. Every change stays in its history. */
import { DAY_MS } from '#core/kit.ts';
import type { Precondition, Services } from '#core/plugin.ts';
import type { Reach } from '../access.ts';
import { licensingErrors } from '../errors.ts';
import type { Entitlements, Products } from '../products/products.ts';
import { eventOf } from './events.ts';
import type { LicenceDevices } from './licence-devices.ts';
import { changeLicence, doneBefore, historyKey, lockedLicence, recordHistory, termsOf } from './licence-rows.ts';
import { DEFAULT_DAYS } from './licences.ts';
import { nextStatus } from './states.ts';
import type { HistoryRow, LicenceRow, Plan } from './tables.ts';
import { isOver } from './use.ts';

/** No licence lasts longer: what is added to it by mistake, or in order to, must stay a date. */
const LAST_DAY = Date.UTC(9999, 11, 31);

export interface Upgrade {
  plan?: Plan;
  /** Code or id of a product of the same tenant. */
  product?: string;
  deviceCap?: number;
  entitlements?: Entitlements;
  maxVersion?: string | null;
}

export interface Extension {
  /** Default: those of its plan. */
  days?: number | undefined;
  idempotencyKey?: string | undefined;
  unchanged?: Precondition;
}

/**
 * All throw `LICENCE_NOT_FOUND`, `limit_exceeded` for what makes a licence active again, and what `unchanged` does, asked
 * of the licence's terms; what is repeated has no second effect.
 */
export interface LicenceChanges {
  /** Ends it for good. */
  revoke(reach: Reach, licenseId: string, reason: string, unchanged?: Precondition): Promise<LicenceRow>;
  /** Adds days to its end, or to now when it is over; an expired one works again. */
  extend(reach: Reach, licenseId: string, wish: Extension): Promise<LicenceRow>;
  /**
   * A new plan runs its days from now, and never ends earlier than the old one: what had no end has none; a trial becomes a full licence.
   * Throws `DEVICE_LIMIT_EXCEEDED` when fewer seats are asked for than are taken, `REVOKED`, `PRODUCT_NOT_FOUND`.
   */
  upgrade(reach: Reach, licenseId: string, wish: Upgrade, unchanged?: Precondition): Promise<LicenceRow>;
  /** Not valid until it is resumed. */
  suspend(reach: Reach, licenseId: string, reason: string, unchanged?: Precondition): Promise<LicenceRow>;
  resume(reach: Reach, licenseId: string, unchanged?: Precondition): Promise<LicenceRow>;
  /** Oldest first, at most 1 000. */
  history(licence: LicenceRow): Promise<HistoryRow[]>;
}

export function createLicenceChanges({
  db,
  clock,
  events,
  usage,
  products,
  licenceDevices,
}: Services & { products: Products; licenceDevices: LicenceDevices }): LicenceChanges {
  return { revoke, extend, upgrade, suspend, resume, history };

  async function revoke(
    reach: Reach,
    licenseId: string,
    reason: string,
    unchanged?: Precondition,
  ): Promise<LicenceRow> {
    return db.transaction(async (trx) => {
      const now = clock.now();
      const licence = await lockedLicence(trx, reach, licenseId);
      const status = nextStatus('revoke', licence.status);
      if (!status) return licence;
      unchanged?.(termsOf(licence));
      const patch = { status, revoked_reason: reason };
      const revoked = await changeLicence({ clock, usage }, trx, licence, patch);
      await recordHistory(trx, licence, { what: 'revoked', detail: { reason }, at: now });
      const options = { tenantId: licence.tenant_id, subject: licenseId };
      await events.emit(trx, 'licence.revoked', { ...eventOf(licence), reason }, options);
      return revoked;
    });
  }

  async function extend(reach: Reach, licenseId: string, wish: Extension): Promise<LicenceRow> {
    return db.transaction(async (trx) => {
      const key = historyKey(licenseId, wish.idempotencyKey);
      const licence = await lockedLicence(trx, reach, licenseId);
      if (await doneBefore(trx, key)) return licence;
      wish.unchanged?.(termsOf(licence));
      const days = wish.days ?? DEFAULT_DAYS[licence.plan];
      if (licence.valid_until === null || days === null) return licence;
      const now = clock.now();
      const valid_until = Math.min(Math.max(licence.valid_until, now) + days * DAY_MS, LAST_DAY);
      const status = nextStatus('extend', licence.status) ?? licence.status;
      const detail = { days, valid_until, before: licence.valid_until };
      await recordHistory(trx, licence, { what: 'renewed', detail, at: now, idempotencyKey: key });
      return changeLicence({ clock, usage }, trx, licence, { status, valid_until });
    });
  }

  async function upgrade(
    reach: Reach,
    licenseId: string,
    wish: Upgrade,
    unchanged?: Precondition,
  ): Promise<LicenceRow> {
    return db.transaction(async (trx) => {
      const now = clock.now();
      const licence = await lockedLicence(trx, reach, licenseId);
      unchanged?.(termsOf(licence));
      if (licence.status === 'revoked') throw licensingErrors.REVOKED();
      const patch: Partial<LicenceRow> = { is_trial: 0 };
      if (wish.plan !== undefined) Object.assign(patch, { plan: wish.plan, ...periodOf(licence, wish.plan, now) });
      if (wish.deviceCap !== undefined) patch.device_cap = wish.deviceCap;
      if (wish.entitlements !== undefined) patch.entitlements = JSON.stringify(wish.entitlements);
      if (wish.maxVersion !== undefined) patch.max_version = wish.maxVersion;
      if (wish.product !== undefined) {
        const product = await products.find(trx, licence.tenant_id, wish.product);
        patch.product_id = product.id;
        patch.is_floating = product.is_floating;
        patch.replaces_oldest = Number(product.device_policy === 'replace_oldest');
      }
      const taken = await licenceDevices.takenSeats(trx, licence, now);
      if (taken > (patch.device_cap ?? licence.device_cap)) throw licensingErrors.DEVICE_LIMIT_EXCEEDED();
      const { plan, device_cap, valid_until } = licence;
      const detail = { before: { plan, device_cap, valid_until }, after: patch };
      await recordHistory(trx, licence, { what: 'upgraded', detail, at: now });
      return changeLicence({ clock, usage }, trx, licence, patch);
    });
  }

  function periodOf(licence: LicenceRow, plan: Plan, now: number): Partial<LicenceRow> {
    const days = DEFAULT_DAYS[plan];
    const status = nextStatus('extend', licence.status) ?? licence.status;
    if (days === null) return { valid_until: null, status };
    if (plan === licence.plan && !licence.is_trial) return {};
    const valid_until = licence.valid_until === null ? null : Math.max(licence.valid_until, now + days * DAY_MS);
    return { valid_until, status };
  }

  async function suspend(
    reach: Reach,
    licenseId: string,
    reason: string,
    unchanged?: Precondition,
  ): Promise<LicenceRow> {
    return db.transaction(async (trx) => {
      const now = clock.now();
      const licence = await lockedLicence(trx, reach, licenseId);
      if (licence.status === 'revoked') throw licensingErrors.REVOKED();
      const status = nextStatus('suspend', licence.status);
      if (!status) return licence;
      unchanged?.(termsOf(licence));
      await recordHistory(trx, licence, { what: 'suspended', detail: { reason }, at: now });
      return changeLicence({ clock, usage }, trx, licence, { status, suspended_at: now });
    });
  }

  async function resume(reach: Reach, licenseId: string, unchanged?: Precondition): Promise<LicenceRow> {
    return db.transaction(async (trx) => {
      const now = clock.now();
      const licence = await lockedLicence(trx, reach, licenseId);
      const status = nextStatus(isOver(licence, now) ? 'resumeOver' : 'resume', licence.status);
      if (!status) return licence;
      unchanged?.(termsOf(licence));
      await recordHistory(trx, licence, { what: 'resumed', detail: {}, at: now });
      return changeLicence({ clock, usage }, trx, licence, { status, suspended_at: null });
    });
  }

  async function history({ id }: LicenceRow): Promise<HistoryRow[]> {
    return db.read('licensing_history').where({ licence_id: id }).orderBy('id').limit(1000);
  }
}
