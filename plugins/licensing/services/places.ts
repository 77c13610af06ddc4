/**
 * The places of a licence: what takes one. Only with the licence locked: devices, leases and files are made under that
 * lock, so they are counted as they are. Tables: licensing_devices, licensing_leases, licensing_files.
 */
import type { Transaction } from '#core/database/database.ts';
import { rowsOf } from '#core/database/insert-many.ts';
import type { LicenceRow } from '../tables.ts';

/**
 * How many places are taken but for what this device can take over, its own lease or file: active devices, running leases
 * of others, and others that were released while a file of theirs still works, since nobody can take that back.
 */
export async function placesOfOthers(
  trx: Transaction,
  { id }: Pick<LicenceRow, 'id'>,
  deviceId: string,
  now: number,
): Promise<number> {
  const found = await trx.raw(
    `with seated as (
       select device_id from licensing_devices where licence_id = :id and status = 'active'
       union all
       select device_id from licensing_leases where licence_id = :id and expires_at > :now and device_id <> :deviceId)
     select (select count(*) from seated) + (select count(*) from licensing_files
       where licence_id = :id and valid_until > :now and device_id <> :deviceId
         and device_id not in (select device_id from seated)) as taken`,
    { id, deviceId, now },
  );
  return Number(rowsOf<{ taken: number }>(found)[0]?.taken ?? 0);
}

/** All places that are taken: no device is called '', since callers give an id of one character or more. */
export function takenPlaces(trx: Transaction, licence: Pick<LicenceRow, 'id'>, now: number): Promise<number> {
  return placesOfOthers(trx, licence, '', now);
}
