/** What licences and products are made of, as the API names it. */
import { createLicence, createProduct } from '../bounds.ts';

export const PLANS = createLicence.plan.values;
export const STATES = ['active', 'expired', 'suspended', 'revoked'] as const;
export const POLICIES = createProduct.device_policy.values;

export type Plan = (typeof PLANS)[number];

/** As the server makes a licence of which nothing is said. */
export const USUAL_DEVICES = 5;
const USUAL_DAYS: Readonly<Record<string, number>> = { monthly: 30, yearly: 365 };

export function usualDays(plan: string): string {
  return String(USUAL_DAYS[plan] ?? '');
}

export const LICENCES = '/api/platform/licensing/licences';
export const LICENCE = '/api/platform/licensing/licences/{id}';
export const PRODUCTS = '/api/platform/licensing/products';
