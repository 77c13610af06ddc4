/** What licences and products are made of, as the API names it. */
export const PLANS = ['monthly', 'yearly', 'lifetime'] as const;
export const STATES = ['active', 'expired', 'suspended', 'revoked'] as const;
export const POLICIES = ['refuse', 'replace_oldest'] as const;

export type Plan = (typeof PLANS)[number];
export const LICENCES = '/api/platform/licensing/licences';
export const LICENCE = '/api/platform/licensing/licences/{id}';
export const PRODUCTS = '/api/platform/licensing/products';
