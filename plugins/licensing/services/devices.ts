/** Devices of a licence, never more active ones than its cap. Table: licensing_devices. */
import type { Transaction } from '#core/database/database.ts';
import type { Services } from '#core/plugin.ts';
import { licensingErrors } from '../errors.ts';
import type { DeviceRow, LicenceRow } from '../tables.ts';
import { addCounts } from './counts.ts';
import { eventOf, type Scope } from './licences.ts';

export interface SeenDevice {
  deviceId: string;
  deviceName: string;
  ipAddress: string;
}

export interface Devices {
  known(licenceId: number, deviceId: string): Promise<DeviceRow | null>;
  /** Gives the device a place; false when all are taken. */
  register(licence: LicenceRow, device: SeenDevice): Promise<boolean>;
  /** Takes the place away; again is no error. Throws `LICENCE_NOT_FOUND`, `DEVICE_NOT_FOUND`. */
  deactivate(scope: Scope, licenseId: string, deviceId: string): Promise<void>;
  /** Gives it back; again is no error. Throws `DEVICE_LIMIT_EXCEEDED` too. */
  activate(scope: Scope, licenseId: string, deviceId: string): Promise<void>;
}

export function createDevices({ db, clock, events, licences }: Services): Devices {
  return { known, register, deactivate, activate };

  async function known(licenceId: number, deviceId: string): Promise<DeviceRow | null> {
    return (await db.read('licensing_devices').where({ licence_id: licenceId, device_id: deviceId }).first()) ?? null;
  }

  async function register(licence: LicenceRow, { deviceId, deviceName, ipAddress }: SeenDevice): Promise<boolean> {
    return db.transaction(async (trx) => {
      const now = clock.now();
      // Two devices may come for the last place at once: who finds the row already there took none.
      if (!(await takePlace(trx, licence))) {
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
      await licences.record(trx, licence, 'activated', { device_id: deviceId });
      const options = { tenantId: licence.tenant_id, subject: licence.license_id };
      await events.emit(trx, 'licence.activated', { ...eventOf(licence), device_id: deviceId }, options);
      return true;
    });
  }

  /** One statement decides, on SQLite and with several replicas on PostgreSQL: the count never passes the cap. */
  async function takePlace(trx: Transaction, licence: LicenceRow): Promise<boolean> {
    const taken = await trx('licensing_licences')
      .where({ id: licence.id })
      .whereRaw('active_devices < device_cap')
      .increment('active_devices', 1);
    if (Number(taken) === 0) return false;
    await addCounts(trx, licence.tenant_id, { devices: 1 });
    return true;
  }

  async function givePlaceBack(trx: Transaction, licence: LicenceRow): Promise<void> {
    await trx('licensing_licences').where({ id: licence.id }).decrement('active_devices', 1);
    await addCounts(trx, licence.tenant_id, { devices: -1 });
  }

  async function deactivate(scope: Scope, licenseId: string, deviceId: string): Promise<void> {
    const licence = await licences.find(scope, licenseId);
    await db.transaction(async (trx) => {
      const where = { licence_id: licence.id, device_id: deviceId };
      const changed = await trx('licensing_devices')
        .where({ ...where, status: 'active' })
        .update({ status: 'deactivated' });
      if (changed === 0) return refuseUnknown(trx, where);
      await givePlaceBack(trx, licence);
      await licences.record(trx, licence, 'device_deactivated', { device_id: deviceId });
    });
  }

  async function activate(scope: Scope, licenseId: string, deviceId: string): Promise<void> {
    const licence = await licences.find(scope, licenseId);
    await db.transaction(async (trx) => {
      const where = { licence_id: licence.id, device_id: deviceId };
      const changed = await trx('licensing_devices')
        .where({ ...where, status: 'deactivated' })
        .update({ status: 'active' });
      if (changed === 0) return refuseUnknown(trx, where);
      // The change of the device goes with the transaction when there is no place for it.
      if (!(await takePlace(trx, licence))) throw licensingErrors.DEVICE_LIMIT_EXCEEDED();
      await licences.record(trx, licence, 'device_activated', { device_id: deviceId });
    });
  }

  async function refuseUnknown(trx: Transaction, where: { licence_id: number; device_id: string }): Promise<void> {
    if (!(await trx('licensing_devices').where(where).first('id'))) throw licensingErrors.DEVICE_NOT_FOUND();
  }
}
