/** Rows of products. */
import type { OwnedTables } from '#core/plugin.ts';

/** What happens when a device comes and all places are taken. */
export type DevicePolicy = 'refuse' | 'replace_oldest';

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

declare global {
  namespace Patchbay {
    interface Tables {
      licensing_products: ProductRow;
    }
  }
}

/** Whose they are. */
export const productTables = {
  licensing_products: { 'tenant.deleted': 'tenant_id' },
} satisfies OwnedTables;
