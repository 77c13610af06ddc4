/**
 * Finds licences that too many use: different devices, network addresses and countries of one licence are counted in a
 * window. Written only when something new is seen, never for a device that calls from where it always does.
 */
import { CLOCK_TOLERANCE_MS, timeWindow } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import { EVERY_TENANT } from '../access.ts';
import type { LicensingConfig } from '../config.ts';
import { eventOf } from '../licences/events.ts';
import { changeLicence, lockedLicence, recordHistory } from '../licences/licence-rows.ts';
import { nextStatus } from '../licences/states.ts';
import type { UsedLicence } from '../licences/use.ts';
import type { SightingRow } from './tables.ts';

export interface Sighting {
  deviceId: string;
  /** The address of the connection, not what the program says of itself. */
  address: string;
  country: string;
}

export interface AbuseDetection {
  /** Resolves when it is counted; at once when it was counted before. */
  observe(licence: UsedLicence, sighting: Sighting): Promise<void>;
  /** Removes what the window has passed; gives how many. */
  removeOld(): Promise<number>;
}

/** So many pairs are remembered as counted, so that the database is asked once for each. */
const REMEMBERED = 20_000;
/** A licence that a crowd uses makes at most so many times its limit of rows. */
const ROWS_PER_LIMIT = 4;

export function createAbuseDetection({
  db,
  clock,
  events,
  usage,
  licensingConfig: { abuse },
}: Services & { licensingConfig: LicensingConfig }): AbuseDetection {
  const windowMs = abuse.windowHours * 3600_000;
  const limits: Record<SightingRow['kind'], number> = {
    device: abuse.devices,
    address: abuse.addresses,
    country: abuse.countries,
  };
  const counted = new Map<string, number>();
  return { observe, removeOld };

  async function observe(licence: UsedLicence, { deviceId, address, country }: Sighting): Promise<void> {
    const now = clock.now();
    const key = `${licence.id} ${deviceId} ${address} ${country}`;
    const before = counted.get(key);
    // Counted again while the row is still in the window, so that what goes on is never forgotten.
    if (before !== undefined && Math.abs(now - before) < windowMs / 2) return;
    const seen = [
      { kind: 'device' as const, value: deviceId },
      { kind: 'address' as const, value: address },
      { kind: 'country' as const, value: country },
    ].filter(({ value }) => value !== '');
    await db.transaction(async (trx) => {
      const current = await lockedLicence(trx, EVERY_TENANT, licence.license_id);
      const found: Partial<Record<SightingRow['kind'], number>> = {};
      for (const { kind, value } of seen) {
        const inWindow = { licence_id: licence.id, kind };
        const others = await trx('licensing_sightings')
          .where(inWindow)
          .whereBetween('seen_at', timeWindow(now, windowMs))
          .whereNot({ value })
          .count({ total: '*' })
          .first();
        const total = Number(others?.total ?? 0) + 1;
        if (total > limits[kind]) found[kind] = total;
        if (total > limits[kind] * ROWS_PER_LIMIT) continue;
        await trx('licensing_sightings')
          .insert({ ...inWindow, value, seen_at: now })
          .onConflict(['licence_id', 'kind', 'value'])
          .merge({ seen_at: now });
      }
      // Noted by a clock that was ahead it would hide what goes on until that time has come.
      const { abused_at: foundAt } = current;
      const wasFound = foundAt !== null && foundAt > now - windowMs && foundAt <= now + CLOCK_TOLERANCE_MS;
      if (Object.keys(found).length === 0 || wasFound) return;
      const status = abuse.suspend ? nextStatus('suspendAbused', current.status) : null;
      const suspends = status !== null;
      const patch = { abused_at: now, ...(status && { status, suspended_at: now }) };
      await changeLicence({ clock, usage }, trx, current, patch);
      await recordHistory(trx, current, { what: 'abused', detail: { found, suspended: suspends }, at: now });
      const options = { tenantId: current.tenant_id, subject: current.license_id };
      await events.emit(trx, 'licence.abused', { ...eventOf(current), found, suspended: suspends }, options);
    });
    // Only now: what was rolled back was not counted.
    remember(key, now);
  }

  function remember(key: string, now: number): void {
    if (counted.size >= REMEMBERED) counted.clear();
    counted.set(key, now);
  }

  async function removeOld(): Promise<number> {
    return db
      .write('licensing_sightings')
      .where('seen_at', '<=', clock.now() - windowMs)
      .delete();
  }
}
