/** What clients know the schemas of the routes by: their names in the OpenAPI document. */
import type { TSchema } from 'typebox';
import { EffectiveLimits } from './routes/admin-tenants.ts';
import { CheckoutAnswer } from './routes/shared.ts';
import { CheckoutView } from './views/checkouts.ts';
import { CouponView } from './views/coupons.ts';
import { InvoiceView } from './views/invoices.ts';
import { AdminPlanView, PlanView } from './views/plans.ts';
import { SubscriptionView } from './views/subscriptions.ts';
import { CurrentUsageView } from './views/usage.ts';

export const schemas: Readonly<Record<string, TSchema>> = {
  AdminPlan: AdminPlanView,
  Checkout: CheckoutView,
  CheckoutLink: CheckoutAnswer,
  Coupon: CouponView,
  EffectiveLimits,
  Invoice: InvoiceView,
  InvoiceCustomer: InvoiceView.properties.customer,
  InvoiceIssuer: InvoiceView.properties.issuer,
  InvoiceLine: InvoiceView.properties.lines.items,
  Plan: PlanView,
  Subscription: SubscriptionView,
  SubscriptionLimits: SubscriptionView.properties.limits,
  SubscriptionUsage: SubscriptionView.properties.usage,
  Usage: CurrentUsageView,
};
