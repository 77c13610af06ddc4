/** Rows of licensing's tables. */

export type Plan = 'monthly' | 'yearly' | 'lifetime';
export type LicenceStatus = 'active' | 'revoked' | 'expired' | 'suspended';
/** What happens when a device comes and all places are taken. */
export type DevicePolicy = 'refuse' | 'replace_oldest';

export interface LicenceRow {
  id: number;
  /** `LIC-…`, as programs know it. */
  license_id: string;
  tenant_id: string | null;
  activation_code: string;
  /** The code in capitals without dashes and blanks, unique in the tenant. */
  code: string;
  email: string;
  plan: Plan;
  device_cap: number;
  user_hint: string;
  status: LicenceStatus;
  revoked_reason: string | null;
  issued_at: number;
  /** Null: for ever. */
  valid_until: number | null;
  active_devices: number;
  /** Null: the default product. */
  product_id: number | null;
  is_trial: number;
  /** Places are leases that end by themselves, not devices. */
  is_floating: number;
  replaces_oldest: number;
  /** JSON; null: those of the product. */
  entitlements: string | null;
  /** The last version that it is good for; null: all. */
  max_version: string | null;
  suspended_at: number | null;
  /** When abuse was last found. */
  abused_at: number | null;
  /** The end that its customer was reminded of. */
  reminded_for: number | null;
  created_at: number;
  updated_at: number;
}

export interface ProductRow {
  id: number;
  /** `PROD-…`, as programs know it. */
  product_id: string;
  /** '' is the platform itself. */
  tenant_id: string;
  /** As people name it, once per tenant. */
  code: string;
  name: string;
  /** JSON. */
  entitlements: string;
  current_version: string | null;
  device_policy: DevicePolicy;
  is_floating: number;
  lease_seconds: number;
  /** 0: no trials. */
  trial_days: number;
  /** How long an offline file is good. */
  offline_days: number;
  /** How long programs may go on after it. */
  grace_days: number;
  created_at: number;
  updated_at: number;
}

export interface SigningKeyRow {
  kid: string;
  /** JWK as JSON. */
  public_key: string;
  /** PKCS #8 in PEM, sealed. */
  private_key: string;
  slot: 'current' | null;
  created_at: number;
}

export interface LeaseRow {
  lease_id: string;
  licence_id: number;
  device_id: string;
  acquired_at: number;
  expires_at: number;
}

/** The longest of a device's offline files. */
export interface FileRow {
  licence_id: number;
  device_id: string;
  /** The end of its grace days. */
  valid_until: number;
}

export interface TrialRow {
  product_id: number;
  /** As `trialAddress` spells it. */
  email: string;
  licence_id: number;
}

export interface SightingRow {
  licence_id: number;
  kind: 'device' | 'address' | 'country';
  value: string;
  seen_at: number;
}

export interface DeviceRow {
  id: number;
  licence_id: number;
  /** That of its licence, which never changes. */
  tenant_id: string | null;
  device_id: string;
  device_name: string;
  /** As the device says. */
  ip_address: string;
  /** Address of its last connection, and the country, if known. */
  seen_from: string;
  status: 'active' | 'deactivated';
  activated_at: number;
  last_seen_at: number;
}

export interface HistoryRow {
  id: number;
  licence_id: number;
  what: string;
  /** JSON. */
  detail: string;
  /** Of the call that did it, when it carried one. */
  idempotency_key: string | null;
  at: number;
}

export interface CountRow {
  tenant_id: string;
  name: string;
  value: number;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    licensing_licences: LicenceRow;
    licensing_devices: DeviceRow;
    licensing_history: HistoryRow;
    licensing_counts: CountRow;
    licensing_products: ProductRow;
    licensing_signing_keys: SigningKeyRow;
    licensing_leases: LeaseRow;
    licensing_files: FileRow;
    licensing_trials: TrialRow;
    licensing_sightings: SightingRow;
  }
}
