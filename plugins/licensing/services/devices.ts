/** Devices of a licence, never more active ones than its cap. Table: licensing_devices. */
import type { Transaction } from '#core/database/database.ts';
import type { Services } from '#core/plugin.ts';
import { licensingErrors } from '../errors.ts';
import { addCounts } from './counts.ts';
import { eventOf, lockedLicence, recordHistory, type Scope } from './licence-rows.ts';
import type { UsedLicence } from './verification.ts';

export interface SeenDevice {
  deviceId: string;
  deviceName: string;
  ipAddress: string;
  /** Address of the connection, and its country. */
  seenFrom?: string;
}

export interface Devices {
  /**
   * Gives the device a place; false when all are taken. Where the licence allows it, the device that was seen longest ago
   * makes room.
   */
  register(licence: UsedLicence, device: SeenDevice): Promise<boolean>;
  /** Takes the place away; again is no error. Throws `LICENCE_NOT_FOUND`, `DEVICE_NOT_FOUND`. */
  deactivate(scope: Scope, licenseId: string, deviceId: string): Promise<void>;
  /** Gives it back; again is no error. Throws `DEVICE_LIMIT_EXCEEDED` too. */
  activate(scope: Scope, licenseId: string, deviceId: string): Promise<void>;
  /** Forgets the device: its place is free, and it may come back. False when there is none such. */
  release(licence: UsedLicence, deviceId: string): Promise<boolean>;
}

export function createDevices({ db, clock, events }: Services): Devices {
  return { register, deactivate, activate, release };

  async function register(
    licence: UsedLicence,
    { deviceId, deviceName, ipAddress, seenFrom = '' }: SeenDevice,
  ): Promise<boolean> {
    return db.transaction(async (trx) => {
      const now = clock.now();
      await lockedLicence(trx, undefined, licence.license_id);
      // A lease of its own gives way: the file lasts longer.
      await trx('licensing_leases').where({ licence_id: licence.id, device_id: deviceId }).delete();
      // Two devices may come for the last place at once: who finds the row already there took none.
      if (!(await takePlace(trx, licence)) && !(await replaceOldest(trx, licence, deviceId))) {
        const there = await trx('licensing_devices')
          .where({ licence_id: licence.id, device_id: deviceId })
          .first('status');
        return there?.status === 'active';
      }
      const inserted = await trx('licensing_devices')
        .insert({
          licence_id: licence.id,
          device_id: deviceId,
          device_name: deviceName,
          ip_address: ipAddress,
          seen_from: seenFrom,
          status: 'active',
          activated_at: now,
          last_seen_at: now,
        })
        .onConflict(['licence_id', 'device_id'])
        .ignore()
        .returning('id');
      if (inserted.length === 0) {
        await givePlaceBack(trx, licence);
        return true;
      }
      await record(trx, licence, 'activated', deviceId);
      const options = { tenantId: licence.tenant_id, subject: licence.license_id };
      await events.emit(trx, 'licence.activated', { ...eventOf(licence), device_id: deviceId }, options);
      return true;
    });
  }

  /**
   * Devices and running leases never pass the cap together. The licence must be locked: leases are made under the same
   * lock, and a statement that waited for it would not see them.
   */
  async function takePlace(trx: Transaction, licence: UsedLicence): Promise<boolean> {
    const leases = 'select count(*) from licensing_leases where licence_id = ? and expires_at > ?';
    const taken = await trx('licensing_licences')
      .where({ id: licence.id })
      .whereRaw(`active_devices + (${leases}) < device_cap`, [licence.id, clock.now()])
      .increment('active_devices', 1);
    if (Number(taken) === 0) return false;
    await addCounts(trx, licence.tenant_id, { devices: 1 });
    return true;
  }

  /** Takes over the place of the device that was seen longest ago. */
  async function replaceOldest(trx: Transaction, licence: UsedLicence, deviceId: string): Promise<boolean> {
    if (!licence.replaces_oldest) return false;
    const where = { licence_id: licence.id, status: 'active' as const };
    // One of the licence's own that comes twice at once replaces nobody.
    if (
      await trx('licensing_devices')
        .where({ ...where, device_id: deviceId })
        .first('id')
    )
      return false;
    const oldest = await trx('licensing_devices')
      .where(where)
      .orderBy([{ column: 'last_seen_at' }, { column: 'id' }])
      .first();
    if (!oldest) return false;
    await trx('licensing_devices').where({ id: oldest.id }).delete();
    await record(trx, licence, 'device_replaced', oldest.device_id);
    return true;
  }

  async function givePlaceBack(trx: Transaction, licence: UsedLicence): Promise<void> {
    await trx('licensing_licences').where({ id: licence.id }).decrement('active_devices', 1);
    await addCounts(trx, licence.tenant_id, { devices: -1 });
  }

  async function deactivate(scope: Scope, licenseId: string, deviceId: string): Promise<void> {
    await db.transaction(async (trx) => {
      // The licence before its devices, in every change: else two would wait for each other.
      const licence = await lockedLicence(trx, scope, licenseId);
      const where = { licence_id: licence.id, device_id: deviceId };
      const changed = await trx('licensing_devices')
        .where({ ...where, status: 'active' })
        .update({ status: 'deactivated' });
      if (changed === 0) return refuseUnknown(trx, where);
      await givePlaceBack(trx, licence);
      await record(trx, licence, 'device_deactivated', deviceId);
    });
  }

  async function activate(scope: Scope, licenseId: string, deviceId: string): Promise<void> {
    await db.transaction(async (trx) => {
      const licence = await lockedLicence(trx, scope, licenseId);
      const where = { licence_id: licence.id, device_id: deviceId };
      const changed = await trx('licensing_devices')
        .where({ ...where, status: 'deactivated' })
        .update({ status: 'active' });
      if (changed === 0) return refuseUnknown(trx, where);
      // The change of the device goes with the transaction when there is no place for it.
      if (!(await takePlace(trx, licence))) throw licensingErrors.DEVICE_LIMIT_EXCEEDED();
      await record(trx, licence, 'device_activated', deviceId);
    });
  }

  async function release(licence: UsedLicence, deviceId: string): Promise<boolean> {
    return db.transaction(async (trx) => {
      await lockedLicence(trx, undefined, licence.license_id);
      const device = { licence_id: licence.id, device_id: deviceId, status: 'active' as const };
      if ((await trx('licensing_devices').where(device).delete()) === 0) return false;
      await givePlaceBack(trx, licence);
      await record(trx, licence, 'device_released', deviceId);
      return true;
    });
  }

  function record(trx: Transaction, licence: UsedLicence, what: string, deviceId: string): Promise<void> {
    return recordHistory(trx, licence, { what, detail: { device_id: deviceId }, at: clock.now() });
  }

  async function refuseUnknown(trx: Transaction, where: { licence_id: number; device_id: string }): Promise<void> {
    if (!(await trx('licensing_devices').where(where).first('id'))) throw licensingErrors.DEVICE_NOT_FOUND();
  }
}
