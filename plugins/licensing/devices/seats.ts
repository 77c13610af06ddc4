/**
 * The seats of a licence: what takes one. Only with the licence locked: devices, leases and files are made under that
 * lock, so they are counted as they are. Tables: licensing_devices, licensing_leases, licensing_files.
 */
import { CLOCK_TOLERANCE_MS, rowsOf } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';
import type { LicenceRow } from '../licences/tables.ts';
import { LONGEST_LEASE_MS } from '../products/products.ts';

/**
 * How many other devices have a seat: whoever is active, has a lease that runs, or was released while a file of theirs
 * still works, since nobody can take that back. A device has one seat, however many of these it has.
 */
export async function seatsOfOthers(
  trx: Transaction,
  { id }: Pick<LicenceRow, 'id'>,
  deviceId: string,
  now: number,
): Promise<number> {
  // A lease that reaches farther was written by a clock that was ahead, and holds nothing.
  const latest = now + LONGEST_LEASE_MS + CLOCK_TOLERANCE_MS;
  const found = await trx.raw(
    `select count(*) as taken from (
       select device_id from licensing_devices where licence_id = :id and status = 'active'
       union
       select device_id from licensing_leases where licence_id = :id and expires_at > :now and expires_at <= :latest
       union
       select device_id from licensing_files where licence_id = :id and valid_until > :now) as seated
     where device_id <> :deviceId`,
    { id, deviceId, now, latest },
  );
  return Number(rowsOf<{ taken: number }>(found)[0]?.taken ?? 0);
}

/** All seats that are taken: no device is called '', since callers give an id of one character or more. */
export function takenSeats(trx: Transaction, licence: Pick<LicenceRow, 'id'>, now: number): Promise<number> {
  return seatsOfOthers(trx, licence, '', now);
}
