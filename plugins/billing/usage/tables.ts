/** Rows of the tables of usage. Money is in the currency's minor unit, times are milliseconds since the epoch. */
import type { OwnedTables } from '#core/plugin.ts';

export interface OverrideRow {
  tenant_id: string;
  limits: string;
  updated_at: number;
}

export interface UsageRow {
  tenant_id: string;
  meter: string;
  period: string;
  used: number;
  announced: number;
  announced_in: string;
  updated_at: number;
}

export interface UsageDayRow {
  tenant_id: string;
  day: string;
  meter: string;
  used: number;
}

export interface UsageHistoryRow {
  tenant_id: string;
  period: string;
  meter: string;
  used: number;
  closed_at: number;
}

export interface UsageKeyRow {
  tenant_id: string;
  meter: string;
  idempotency_key: string;
  at: number;
  /** What a call counted and may still give back; 0 for the keys of plugins. */
  amount: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      billing_overrides: OverrideRow;
      billing_usage: UsageRow;
      billing_usage_daily: UsageDayRow;
      billing_usage_history: UsageHistoryRow;
      billing_usage_keys: UsageKeyRow;
    }
  }
}

/** In one transaction, also of what is counted meanwhile. */
const BY_ERASURE = { by: 'usage/erasure.ts' };

/** Whose they are. */
export const usageTables = {
  billing_overrides: { 'tenant.deleted': BY_ERASURE },
  billing_usage: { 'tenant.deleted': BY_ERASURE },
  billing_usage_daily: { 'tenant.deleted': BY_ERASURE },
  billing_usage_history: { 'tenant.deleted': BY_ERASURE },
  billing_usage_keys: { 'tenant.deleted': BY_ERASURE },
} satisfies OwnedTables;
