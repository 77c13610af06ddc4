/** What licences and products are made of, as the API names it. */
import { createLicence, createProduct } from '../bounds.ts';

export const PLANS = createLicence.plan.values;
export const STATES = ['active', 'expired', 'suspended', 'revoked'] as const;
export const POLICIES = createProduct.device_policy.values;

export type Plan = (typeof PLANS)[number];
export const LICENCES = '/api/platform/licensing/licences';
export const LICENCE = '/api/platform/licensing/licences/{id}';
export const PRODUCTS = '/api/platform/licensing/products';
