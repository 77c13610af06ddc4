/**
 * Floating licences: a seat is a lease that ends by itself unless a heartbeat renews it. Devices with offline files take
 * seats of the same licence. Table: licensing_leases.
 */
import { randomToken } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import { EVERY_TENANT } from '../access.ts';
import { seatsOfOthers } from '../devices/seats.ts';
import type { LeaseRow } from '../devices/tables.ts';
import { licensingErrors } from '../errors.ts';
import { lockedLicence } from '../licences/licence-rows.ts';
import { refusalOf, type UsedLicence } from '../licences/use.ts';
import type { Products } from '../products/products.ts';

export interface Lease {
  leaseId: string;
  deviceId: string;
  expiresAt: number;
  /** How often a heartbeat should come: a third of the lease, so that two may get lost. */
  heartbeatSeconds: number;
}

export interface Leases {
  /** The device's lease, renewed when it has one. Throws `NOT_FLOATING`, `DEVICE_LIMIT_EXCEEDED` and why it may not be used. */
  acquire(licence: UsedLicence, deviceId: string): Promise<Lease>;
  /** Renews it. Throws `LEASE_NOT_FOUND` when it is over or its licence is no longer valid. */
  heartbeat(leaseId: string): Promise<Lease>;
  /** Gives the seat back; again is no error. */
  release(leaseId: string): Promise<void>;
  removeOld(): Promise<number>;
}

export function createLeases({ db, clock, products }: Services & { products: Products }): Leases {
  return { acquire, heartbeat, release, removeOld };

  async function acquire({ license_id }: UsedLicence, deviceId: string): Promise<Lease> {
    return db.transaction(async (trx) => {
      // Held until the end: whoever comes at the same instant counts after us. What was read before says nothing.
      const licence = await lockedLicence(trx, EVERY_TENANT, license_id);
      const now = clock.now();
      const refusal = refusalOf(licence, now);
      if (refusal) throw licensingErrors[refusal]();
      if (!licence.is_floating) throw licensingErrors.NOT_FLOATING();
      const device = { licence_id: licence.id, device_id: deviceId };
      const known = await trx('licensing_devices').where(device).first('status');
      if (known?.status === 'deactivated') throw licensingErrors.DEVICE_DEACTIVATED();
      const { leaseSeconds } = await products.rulesOf(licence, trx);
      const taken = await seatsOfOthers(trx, licence, deviceId, now);
      if (taken >= licence.device_cap) throw licensingErrors.DEVICE_LIMIT_EXCEEDED();
      const own = await trx('licensing_leases').where(device).first();
      const isRunning = own !== undefined && own.expires_at > now;
      const lease: LeaseRow = {
        lease_id: isRunning ? own.lease_id : randomToken(24),
        licence_id: licence.id,
        device_id: deviceId,
        acquired_at: isRunning ? own.acquired_at : now,
        expires_at: now + leaseSeconds * 1000,
      };
      await trx('licensing_leases').insert(lease).onConflict(['licence_id', 'device_id']).merge();
      return leaseOf(lease, leaseSeconds);
    });
  }

  async function heartbeat(leaseId: string): Promise<Lease> {
    const lease = await db.read('licensing_leases').where({ lease_id: leaseId }).first();
    const licence = lease && (await db.read('licensing_licences').where({ id: lease.licence_id }).first());
    if (!licence) throw licensingErrors.LEASE_NOT_FOUND();
    const { leaseSeconds } = await products.rulesOf(licence);
    return db.transaction(async (trx) => {
      const current = await lockedLicence(trx, EVERY_TENANT, licence.license_id);
      // Looked at only now: while we waited it may have ended, and its place been given away.
      const now = clock.now();
      if (refusalOf(current, now)) throw licensingErrors.LEASE_NOT_FOUND();
      const [renewed] = await trx('licensing_leases')
        .where({ lease_id: leaseId })
        .where('expires_at', '>', now)
        .update({ expires_at: now + leaseSeconds * 1000 })
        .returning('*');
      if (!renewed) throw licensingErrors.LEASE_NOT_FOUND();
      return leaseOf(renewed, leaseSeconds);
    });
  }

  async function release(leaseId: string): Promise<void> {
    await db.write('licensing_leases').where({ lease_id: leaseId }).delete();
  }

  async function removeOld(): Promise<number> {
    return db.write('licensing_leases').where('expires_at', '<=', clock.now()).delete();
  }
}

function leaseOf({ lease_id, device_id, expires_at }: LeaseRow, leaseSeconds: number): Lease {
  const heartbeatSeconds = Math.max(1, Math.floor(leaseSeconds / 3));
  return { leaseId: lease_id, deviceId: device_id, expiresAt: expires_at, heartbeatSeconds };
}
