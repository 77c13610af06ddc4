/** Whether a licence may be used now, and what of it is looked at for that. */
import type { LicenceRow } from './tables.ts';

/** What a verification looks at: a row of all columns costs half as much again. */
export const USED_COLUMNS = [
  ...(['id', 'license_id', 'tenant_id', 'email', 'plan', 'device_cap', 'status', 'valid_until', 'product_id'] as const),
  ...(['is_trial', 'is_floating', 'replaces_oldest', 'entitlements', 'max_version'] as const),
];
/** A licence as far as using it needs. */
export type UsedLicence = Pick<LicenceRow, (typeof USED_COLUMNS)[number]>;

export type LicenceRefusal = 'INVALID_LICENSE' | 'LICENSE_EXPIRED';

export function isOver({ valid_until }: Pick<LicenceRow, 'valid_until'>, now: number): boolean {
  return valid_until !== null && valid_until <= now;
}

/** Why a licence may not be used now, if so. Who asks by code learns of a suspended one no more than of an unknown one. */
export function refusalOf(licence: Pick<LicenceRow, 'status' | 'valid_until'>, now: number): LicenceRefusal | null {
  if (licence.status === 'revoked' || licence.status === 'suspended') return 'INVALID_LICENSE';
  // The time decides, not what was noted: the clock may have been wrong then. One without an end was imported as over.
  const wasEnded = licence.status === 'expired' && licence.valid_until === null;
  return wasEnded || isOver(licence, now) ? 'LICENSE_EXPIRED' : null;
}
