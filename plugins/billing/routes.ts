/** Routes of all parts, in the order in which readers of the API find them, which goes across the parts. */
import type { Route } from '#core/plugin.ts';
import { couponRoutes } from './payments/routes/coupons.ts';
import { invoiceRoutes } from './payments/routes/invoices.ts';
import { webhookRoutes } from './payments/routes/webhooks.ts';
import { planRoutes } from './plans/routes.ts';
import { checkoutRoutes } from './subscriptions/routes/checkouts.ts';
import { portalRoutes } from './subscriptions/routes/portal.ts';
import { subscriptionRoutes } from './subscriptions/routes/subscriptions.ts';
import { tenantLimitRoutes } from './usage/routes/tenant-limits.ts';
import { usageRoutes } from './usage/routes/usage.ts';
import { usageCallRoutes } from './usage/routes/usage-calls.ts';
import { usageLists } from './usage/routes/usage-lists.ts';

const ORDER = [
  '/api/v2/billing/subscription',
  '/api/v2/billing/plans',
  '/api/v2/billing/checkout',
  '/api/v2/billing/signup-checkout',
  '/api/v2/billing/portal',
  '/api/v2/billing/cancel',
  '/api/platform/billing/subscription/change',
  '/api/v2/usage/current',
  '/api/v2/usage/history',
  '/api/v2/usage/daily',
  '/api/v2/admin/plans',
  '/api/v2/admin/plans/{id}',
  '/api/v2/admin/plans/stripe-sync-all',
  '/api/v2/admin/plans/{id}/stripe-sync',
  '/api/v2/admin/tenants/{id}/effective-limits',
  '/api/v2/admin/tenants/{id}/reset-limits',
  '/api/platform/billing/tenants/{id}',
  '/api/platform/billing/tenants/{id}/plan-preview',
  '/api/platform/billing/tenants/{id}/plan',
  '/api/platform/billing/tenants/{id}/overrides',
  '/api/platform/billing/checkouts/{session_id}/confirm',
  '/api/platform/billing/invoices/{number}/confirm',
  '/api/platform/billing/invoices/{number}',
  '/api/platform/billing/invoices/{number}/pdf',
  '/api/platform/billing/coupons',
  '/api/platform/billing/coupons/{id}',
  '/api/v2/billing/webhooks/{provider}',
  '/billing/checkout/{session_id}',
  '/billing/portal',
  '/api/platform/billing/subscription',
  '/api/platform/billing/subscription/quote',
  '/api/platform/billing/checkouts/{session_id}',
  '/api/platform/billing/portal',
  '/api/platform/billing/usage',
  '/api/platform/billing/usage/give-back',
  '/api/platform/billing/invoices',
  '/api/platform/billing/all-invoices',
  '/api/platform/billing/subscriptions',
  '/api/platform/billing/checkouts',
  '/api/platform/billing/overrides',
  '/api/platform/billing/plans',
  '/api/platform/billing/all-plans',
  '/api/platform/billing/usage/days',
  '/api/platform/billing/usage/months',
  '/api/platform/billing/tenants/{id}/usage/days',
  '/api/platform/billing/tenants/{id}/usage/months',
  '/api/platform/billing/meters/{meter}/usage',
];

const all: readonly Route[] = [
  ...subscriptionRoutes,
  ...checkoutRoutes,
  ...portalRoutes,
  ...usageRoutes,
  ...usageCallRoutes,
  ...usageLists,
  ...tenantLimitRoutes,
  ...planRoutes,
  ...invoiceRoutes,
  ...couponRoutes,
  ...webhookRoutes,
];

export const routes = all.toSorted((one, other) => ORDER.indexOf(one.path) - ORDER.indexOf(other.path));
