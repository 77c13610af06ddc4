/** Rows of licences, their history and counts. Times are ms since the epoch, flags are 0 and 1. */
import type { OwnedTables } from '#core/plugin.ts';

export type Plan = 'monthly' | 'yearly' | 'lifetime';
export type LicenceStatus = 'active' | 'revoked' | 'expired' | 'suspended';

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
  /** Why the last mail to its customer was not delivered. */
  mail_failure: string | null;
  created_at: number;
  updated_at: number;
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

declare global {
  namespace Patchbay {
    interface Tables {
      licensing_licences: LicenceRow;
      licensing_history: HistoryRow;
      licensing_counts: CountRow;
    }
  }
}

/** Whose they are. */
export const licenceTables = {
  licensing_licences: { 'tenant.deleted': { where: { tenant_id: 'tenant_id' }, isLarge: true } },
} satisfies OwnedTables;
