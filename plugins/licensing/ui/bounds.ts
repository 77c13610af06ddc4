/** What the server allows in bodies of requests: made by `node scripts/build-web.ts --types`. */

export const requestDeviceLink = {
  email: { maxLength: 320 },
  activation_code: { maxLength: 100 },
} as const;

export const issueLicenceFile = {
  activation_code: { maxLength: 100 },
  email: { maxLength: 320 },
  device_id: { maxLength: 200 },
  device_name: { maxLength: 200 },
  product_id: { maxLength: 40 },
  tenant_id: { maxLength: 36 },
} as const;

export const createLicence = {
  plan: { values: ['monthly', 'yearly', 'lifetime'] },
  email: { minLength: 3, maxLength: 320 },
  product: { maxLength: 64 },
  device_cap: { min: 1, max: 1000, allowDecimal: false },
  days: { min: 1, max: 36500, allowDecimal: false },
  user_hint: { maxLength: 500 },
  max_version: { maxLength: 64 },
} as const;

export const renewLicence = {
  days: { min: 1, max: 36500, allowDecimal: false },
  idempotency_key: { maxLength: 150 },
} as const;

export const suspendLicence = {
  reason: { maxLength: 500 },
} as const;

export const upgradeLicence = {
  plan: { values: ['monthly', 'yearly', 'lifetime'] },
  product: { maxLength: 64 },
  device_cap: { min: 1, max: 1000, allowDecimal: false },
  max_version: { maxLength: 64 },
} as const;

export const createProduct = {
  code: { maxLength: 64, pattern: '[a-z0-9][a-z0-9._\\-]{0,63}' },
  name: { maxLength: 200 },
  current_version: { maxLength: 64 },
  device_policy: { values: ['refuse', 'replace_oldest'] },
  lease_seconds: { min: 30, max: 604800, allowDecimal: false },
  trial_days: { min: 0, max: 365, allowDecimal: false },
  offline_days: { min: 1, max: 3660, allowDecimal: false },
  grace_days: { min: 0, max: 365, allowDecimal: false },
} as const;
