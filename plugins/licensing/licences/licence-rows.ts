/** What every change of a licence does to its row, its counts and its history. Only inside a transaction. */
import { sha256 } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { EVERY_TENANT, type Reach } from '../access.ts';
import { licensingErrors } from '../errors.ts';
import { addCounts } from './counts.ts';
import type { LicenceRow } from './tables.ts';

/** What people change of it, for its version: a device that comes, or a reminder, undoes nobody's work. */
export function termsOf({
  active_devices,
  abused_at,
  reminded_for,
  mail_failure,
  updated_at,
  ...terms
}: LicenceRow): object {
  return terms;
}

/** On PostgreSQL the row is held until the transaction ends; SQLite has one writer anyway. Throws `LICENCE_NOT_FOUND`. */
export async function lockedLicence(trx: Transaction, reach: Reach, licenseId: string): Promise<LicenceRow> {
  const query = trx('licensing_licences').where({ license_id: licenseId }).forUpdate();
  if (reach !== EVERY_TENANT) query.where({ tenant_id: reach });
  const licence = await query.first();
  if (!licence) throw licensingErrors.LICENCE_NOT_FOUND();
  return licence;
}

/**
 * Writes the patch and keeps the counts of states and plans right. Gives the licence as it is now. Throws `limit_exceeded`
 * when it becomes active again and the tenant's plan has no room.
 */
export async function changeLicence(
  { clock, usage }: Pick<Services, 'clock' | 'usage'>,
  trx: Transaction,
  licence: LicenceRow,
  patch: Partial<LicenceRow>,
): Promise<LicenceRow> {
  const now = clock.now();
  const changed = { ...licence, ...patch, updated_at: now };
  await trx('licensing_licences')
    .where({ id: licence.id })
    .update({ ...patch, updated_at: now });
  const changes: Record<string, number> = {};
  count('status', licence.status, changed.status);
  count('plan', licence.plan, changed.plan);
  await addCounts(usage, trx, licence.tenant_id, changes);
  return changed;

  function count(name: string, before: string, after: string): void {
    if (before === after) return;
    changes[`${name}.${before}`] = -1;
    changes[`${name}.${after}`] = 1;
  }
}

/** One line of the licence's history. */
export async function recordHistory(
  trx: Transaction,
  { id }: Pick<LicenceRow, 'id'>,
  line: { what: string; detail: object; at: number; idempotencyKey?: string | undefined },
): Promise<void> {
  await trx('licensing_history').insert({
    licence_id: id,
    what: line.what,
    detail: JSON.stringify(line.detail),
    idempotency_key: line.idempotencyKey ?? null,
    at: line.at,
  });
}

/** How a call's key is kept: hashed, since callers' own may be long, and one for each thing that a call is about. */
export function historyKey(about: string, idempotencyKey: string | undefined): string | undefined {
  return idempotencyKey && sha256(`${about}\n${idempotencyKey}`);
}

/** The licence that a call with this key was about, when it was made before. */
export async function doneBefore(trx: Transaction, key: string | undefined): Promise<LicenceRow | undefined> {
  if (!key) return undefined;
  const done = await trx('licensing_history').where({ idempotency_key: key }).first('licence_id');
  return done && trx('licensing_licences').where({ id: done.licence_id }).first();
}
