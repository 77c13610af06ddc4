/** Verifying in words: who asks for which licence, and what is answered. */
import type { LicenceRow } from '../tables.ts';

/** What a verification looks at: a row of all columns costs half as much again. */
export const USED_COLUMNS = [
  ...(['id', 'license_id', 'tenant_id', 'email', 'plan', 'device_cap', 'status', 'valid_until', 'product_id'] as const),
  ...(['is_trial', 'is_floating', 'replaces_oldest', 'entitlements', 'max_version'] as const),
];
/** A licence as far as using it needs. */
export type UsedLicence = Pick<LicenceRow, (typeof USED_COLUMNS)[number]>;

/** Whose licences a program asks for. Without either: the operator's own. */
export interface Vendor {
  /** Public id of the product, `PROD-…`. */
  productId?: string;
  tenantId?: string;
}

export interface Credentials extends Vendor {
  activationCode: string;
  email: string;
}

export interface VerifyRequest extends Credentials {
  deviceId: string;
  deviceName: string;
  ipAddress: string;
  /** Of the program that asks, when it says. */
  version?: string;
}

export interface Caller {
  ip: string;
  /** '' when nobody says. */
  country: string;
}

export type Refusal =
  | 'INVALID_LICENSE'
  | 'LICENSE_EXPIRED'
  | 'VERSION_NOT_COVERED'
  | 'DEVICE_LIMIT_EXCEEDED'
  | 'DEVICE_DEACTIVATED';
export type VerifyOutcome = { code: 'SUCCESS'; licence: UsedLicence } | { code: Refusal };
