/** What the server allows in bodies of requests: made by `node scripts/build-web.ts --types`. */

export const createCoupon = {
  code: { maxLength: 64 },
  percent_off: { min: 1, max: 100, allowDecimal: false },
  amount_off: { max: 1000000000 },
  currency: { maxLength: 3, pattern: '[A-Z]{3}' },
  duration: { values: ['once', 'repeating', 'forever'] },
  duration_in_months: { min: 1, max: 120, allowDecimal: false },
  max_redemptions: { min: 1, max: 1000000000, allowDecimal: false },
} as const;

export const changeSubscription = {
  plan_id: { maxLength: 64 },
  billing_cycle: { values: ['monthly', 'yearly'] },
  coupon: { maxLength: 64 },
  when: { values: ['now', 'period_end'] },
} as const;

export const createAdminPlan = {
  plan_id: { maxLength: 64, pattern: '[a-z0-9][a-z0-9_\\-]{0,63}' },
  display_name: { maxLength: 200 },
  description: { maxLength: 2000 },
  price_monthly: { min: 0, max: 1000000000 },
  price_yearly: { min: 0, max: 1000000000 },
  currency: { maxLength: 3, pattern: '[A-Z]{3}' },
  trial_days: { min: 0, max: 730, allowDecimal: false },
  limits: { each: { min: -1, max: 1000000000000, allowDecimal: false } },
  features: { items: { maxLength: 200 }, maxItems: 100 },
} as const;

export const beginCheckout = {
  plan_id: { maxLength: 64 },
  billing_cycle: { values: ['monthly', 'yearly'] },
  coupon: { maxLength: 64 },
} as const;
