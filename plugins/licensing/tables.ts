/** Rows of licensing's tables. */

export type Plan = 'monthly' | 'yearly' | 'lifetime';
export type LicenceStatus = 'active' | 'revoked' | 'expired';

export interface LicenceRow {
  id: number;
  /** `LIC-…`, as programs know it. */
  license_id: string;
  tenant_id: string | null;
  activation_code: string;
  /** The code in capitals without dashes and blanks. */
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
  created_at: number;
  updated_at: number;
}

export interface DeviceRow {
  id: number;
  licence_id: number;
  device_id: string;
  device_name: string;
  ip_address: string;
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
  }
}
