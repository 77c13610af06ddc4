/** Devices of a licence, never more active ones than its cap. Table: licensing_devices. */
import { DAY_MS } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { EVERY_TENANT, type Reach } from '../access.ts';
import { licensingErrors } from '../errors.ts';
import { addCounts } from '../licences/counts.ts';
import { eventOf } from '../licences/events.ts';
import type { LicenceDevices } from '../licences/licence-devices.ts';
import { lockedLicence, recordHistory } from '../licences/licence-rows.ts';
import type { LicenceRow } from '../licences/tables.ts';
import { type LicenceRefusal, refusalOf, type UsedLicence } from '../licences/use.ts';
import { seatsOfOthers, takenSeats } from './seats.ts';
import type { DeviceRow } from './tables.ts';

export type DeviceRefusal = 'DEVICE_LIMIT_EXCEEDED' | 'DEVICE_DEACTIVATED';
export type Registration = { code: 'SUCCESS'; licence: UsedLicence } | { code: LicenceRefusal | DeviceRefusal };

export interface SeenDevice {
  deviceId: string;
  deviceName: string;
  ipAddress: string;
  /** Address of the connection, and its country. */
  seenFrom?: string;
}

export interface Devices {
  /** All of the licence, switched off ones too. */
  of(licence: Pick<LicenceRow, 'id'>): Promise<DeviceRow[]>;
  /**
   * Gives the device a seat. Where the licence allows it, the device that was seen longest ago makes room, unless an
   * offline file of it still works. Judged by the licence as it is under its lock.
   */
  register(licence: UsedLicence, device: SeenDevice): Promise<Registration>;
  /** The same inside a transaction that holds the licence; gives why not. */
  seat(trx: Transaction, licence: LicenceRow, device: SeenDevice): Promise<DeviceRefusal | null>;
  /**
   * Takes the seat away, also of a device whose offline file still works: that is the vendor's to decide. Again is no
   * error. Throws `LICENCE_NOT_FOUND`, `DEVICE_NOT_FOUND`.
   */
  deactivate(reach: Reach, licenseId: string, deviceId: string): Promise<void>;
  /** Gives it back; again is no error. Throws `DEVICE_LIMIT_EXCEEDED` too. */
  activate(reach: Reach, licenseId: string, deviceId: string): Promise<void>;
  /**
   * Removes the device: its seat is free, once its offline file has run out, and it may come back. False when there is
   * none such.
   */
  release(licence: UsedLicence, deviceId: string): Promise<boolean>;
  /** Deletes old lines of devices that came and went. */
  deleteOldHistory(): Promise<void>;
}

/** Devices that may come to a licence within a day, unless twice its seats are more. */
const MOST_DEVICES_A_DAY = 50;
/** Lines about devices that came and went; what was done to the licence is kept. */
const HISTORY_KEPT_MS = 400 * DAY_MS;
const MOST_LINES_AT_ONCE = 1_000;

export function createDevices({
  db,
  clock,
  events,
  usage,
  licenceDevices,
}: Services & { licenceDevices: LicenceDevices }): Devices {
  licenceDevices.provide({ of, takenSeats });
  return { of, register, seat, deactivate, activate, release, deleteOldHistory };

  async function of({ id }: Pick<LicenceRow, 'id'>): Promise<DeviceRow[]> {
    return db.read('licensing_devices').where({ licence_id: id }).orderBy('id');
  }

  function register({ license_id }: UsedLicence, device: SeenDevice): Promise<Registration> {
    return db.transaction(async (trx) => {
      const licence = await lockedLicence(trx, EVERY_TENANT, license_id);
      const code = refusalOf(licence, clock.now()) ?? (await seat(trx, licence, device));
      return code ? { code } : { code: 'SUCCESS', licence };
    });
  }

  async function seat(trx: Transaction, licence: LicenceRow, device: SeenDevice): Promise<DeviceRefusal | null> {
    const { deviceId, deviceName, ipAddress, seenFrom = '' } = device;
    const now = clock.now();
    const known = await trx('licensing_devices').where({ licence_id: licence.id, device_id: deviceId }).first('status');
    // Two that come at once with the same device: the later one finds it there.
    if (known) return known.status === 'active' ? null : 'DEVICE_DEACTIVATED';
    if (await changesTooOften(trx, licence, now)) return 'DEVICE_LIMIT_EXCEEDED';
    const isFree = (await seatsOfOthers(trx, licence, deviceId, now)) < licence.device_cap;
    if (!isFree && !(await removeOldest(trx, licence, now))) return 'DEVICE_LIMIT_EXCEEDED';
    // A lease of its own gives way: the file lasts longer.
    await trx('licensing_leases').where({ licence_id: licence.id, device_id: deviceId }).delete();
    await trx('licensing_devices').insert({
      licence_id: licence.id,
      tenant_id: licence.tenant_id,
      device_id: deviceId,
      device_name: deviceName,
      ip_address: ipAddress,
      seen_from: seenFrom,
      status: 'active',
      activated_at: now,
      last_seen_at: now,
    });
    await countSeat(trx, licence, 1);
    await record(trx, licence, 'activated', deviceId);
    const options = { tenantId: licence.tenant_id, subject: licence.license_id };
    await events.emit(trx, 'licence.activated', { ...eventOf(licence), device_id: deviceId }, options);
    return null;
  }

  /** Makes room: the device that was seen longest ago goes. One whose file still works would go on beside the new one. */
  async function removeOldest(trx: Transaction, licence: LicenceRow, now: number): Promise<boolean> {
    if (!licence.replaces_oldest) return false;
    const withFile = trx('licensing_files')
      .where({ licence_id: licence.id })
      .where('valid_until', '>', now)
      .select('device_id');
    const oldest = await trx('licensing_devices')
      .where({ licence_id: licence.id, status: 'active' })
      .whereNotIn('device_id', withFile)
      .orderBy([{ column: 'last_seen_at' }, { column: 'id' }])
      .first();
    if (!oldest) return false;
    await trx('licensing_devices').where({ id: oldest.id }).delete();
    await countSeat(trx, licence, -1);
    await record(trx, licence, 'device_replaced', oldest.device_id);
    return true;
  }

  async function countSeat(trx: Transaction, { id, tenant_id }: LicenceRow, change: 1 | -1): Promise<void> {
    await trx('licensing_licences').where({ id }).increment('active_devices', change);
    await addCounts(usage, trx, tenant_id, { devices: change });
  }

  async function deactivate(reach: Reach, licenseId: string, deviceId: string): Promise<void> {
    await db.transaction(async (trx) => {
      // The licence before its devices, in every change: else two would wait for each other.
      const licence = await lockedLicence(trx, reach, licenseId);
      const where = { licence_id: licence.id, device_id: deviceId };
      const changed = await trx('licensing_devices')
        .where({ ...where, status: 'active' })
        .update({ status: 'deactivated' });
      if (changed === 0) return refuseUnknown(trx, where);
      await trx('licensing_files').where(where).delete();
      await trx('licensing_leases').where(where).delete();
      await countSeat(trx, licence, -1);
      await record(trx, licence, 'device_deactivated', deviceId);
    });
  }

  /** Whoever has a code could otherwise change its devices without end, with a line of its history for each. */
  async function changesTooOften(trx: Transaction, { id, device_cap }: LicenceRow, now: number): Promise<boolean> {
    const came = await trx('licensing_history')
      .where({ licence_id: id, what: 'activated' })
      .whereBetween('at', [now - DAY_MS, now])
      .count({ total: '*' })
      .first();
    return Number(came?.total ?? 0) >= Math.max(MOST_DEVICES_A_DAY, 2 * device_cap);
  }

  async function activate(reach: Reach, licenseId: string, deviceId: string): Promise<void> {
    await db.transaction(async (trx) => {
      const licence = await lockedLicence(trx, reach, licenseId);
      const where = { licence_id: licence.id, device_id: deviceId };
      const isFree = (await seatsOfOthers(trx, licence, deviceId, clock.now())) < licence.device_cap;
      const changed = await trx('licensing_devices')
        .where({ ...where, status: 'deactivated' })
        .update({ status: 'active' });
      if (changed === 0) return refuseUnknown(trx, where);
      // The change of the device goes with the transaction when there is no place for it.
      if (!isFree) throw licensingErrors.DEVICE_LIMIT_EXCEEDED();
      await trx('licensing_leases').where(where).delete();
      await countSeat(trx, licence, 1);
      await record(trx, licence, 'device_activated', deviceId);
    });
  }

  async function release({ license_id }: UsedLicence, deviceId: string): Promise<boolean> {
    return db.transaction(async (trx) => {
      const licence = await lockedLicence(trx, EVERY_TENANT, license_id);
      const device = { licence_id: licence.id, device_id: deviceId, status: 'active' as const };
      if ((await trx('licensing_devices').where(device).delete()) === 0) return false;
      await countSeat(trx, licence, -1);
      await record(trx, licence, 'device_released', deviceId);
      return true;
    });
  }

  async function deleteOldHistory(): Promise<void> {
    const old = db
      .write('licensing_history')
      .whereIn('what', ['activated', 'device_replaced', 'device_released'])
      .where('at', '<', clock.now() - HISTORY_KEPT_MS)
      .limit(MOST_LINES_AT_ONCE)
      .select('id');
    let gone = MOST_LINES_AT_ONCE;
    while (gone === MOST_LINES_AT_ONCE) gone = await db.write('licensing_history').whereIn('id', old.clone()).delete();
  }

  function record(trx: Transaction, licence: LicenceRow, what: string, deviceId: string): Promise<void> {
    return recordHistory(trx, licence, { what, detail: { device_id: deviceId }, at: clock.now() });
  }

  async function refuseUnknown(trx: Transaction, where: { licence_id: number; device_id: string }): Promise<void> {
    if (!(await trx('licensing_devices').where(where).first('id'))) throw licensingErrors.DEVICE_NOT_FOUND();
  }
}
