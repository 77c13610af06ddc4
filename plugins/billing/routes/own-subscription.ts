/** What a tenant sees of its subscription beyond MoltFlow's document, and what strangers with a link see: for pages. */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import { billingErrors } from '../errors.ts';
import type { BillingScope } from '../scope.ts';
import { portalLink } from '../services/portal-token.ts';
import { CheckoutView, checkoutView } from '../views/checkouts.ts';
import { InvoiceView, invoiceView } from '../views/invoices.ts';
import { OwnSubscriptionView, ownSubscriptionView, QuoteView, quoteView } from '../views/own-subscription.ts';
import { PlanView, planView } from '../views/plans.ts';
import { CycleSchema } from '../views/shared.ts';
import { CouponCode, PlanId, READ, tenantOf, wishOf } from './shared.ts';

const { tenant_id, invoice_number, ...shownOfCheckout } = CheckoutView.properties;
const INVOICES_OF_PORTAL = 200;

export const ownSubscriptionRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/billing/subscription',
    operationId: 'getOwnSubscription',
    access: { ...READ, tenant: true },
    summary: 'Your plan with its price, period and credit, and what comes after it',
    responses: { 200: OwnSubscriptionView },
    async handler({ principal }, { entitlements, plans, billingDocuments }: BillingScope) {
      const entitlement = await entitlements.fresh(tenantOf(principal));
      const next = entitlement.subscription?.next_plan ?? null;
      const nextPlan = next === null ? null : await plans.byKey(next);
      return ownSubscriptionView(entitlement, nextPlan, billingDocuments.instructions);
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/billing/subscription/quote',
    access: { ...READ, tenant: true },
    summary: 'What a plan would cost you now, changing nothing',
    // It says whether a coupon is known: codes are not to be tried out.
    rateLimit: { name: 'billing.quote', points: 30, windowSeconds: 60, by: 'principal' },
    query: Type.Object({
      plan_id: PlanId,
      billing_cycle: Type.Optional(CycleSchema),
      coupon: Type.Optional(CouponCode),
    }),
    responses: { 200: QuoteView },
    async handler({ principal, query }, { checkouts }: BillingScope) {
      const { plan, quote, trialDays } = await checkouts.quote(tenantOf(principal), wishOf(query));
      return quoteView(plan, quote, trialDays);
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/billing/checkouts/{session_id}',
    access: 'public',
    summary: 'How to pay a checkout of the manual provider; its id cannot be guessed',
    params: Type.Object({ session_id: Type.String({ minLength: 1, maxLength: 255 }) }),
    responses: {
      200: Type.Object({ ...shownOfCheckout, plan: PlanView, instructions: Type.String() }),
    },
    async handler({ params }, { checkouts, plans, billingDocuments }: BillingScope) {
      const row = await checkouts.find(params.session_id);
      // Other providers' ids may be guessed, and they have pages of their own.
      if (row.provider !== 'manual') throw billingErrors.checkout_not_found();
      const { tenant_id, invoice_number, ...checkout } = checkoutView(row);
      const plan = planView(await plans.byKey(row.plan));
      return { ...checkout, plan, instructions: billingDocuments.instructions };
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/billing/portal',
    operationId: 'readPortal',
    access: 'public',
    summary: 'Subscription and invoices, behind the link that the portal gives',
    body: Type.Object({ token: Type.String({ minLength: 1, maxLength: 2000, writeOnly: true }) }),
    responses: {
      200: Type.Object({ plan: PlanView, status: Type.String(), invoices: Type.Array(InvoiceView) }),
    },
    async handler({ body }, { secrets, clock, entitlements, invoices }: BillingScope) {
      const opened = portalLink({ secrets, clock }).open(body.token);
      if (!opened) throw billingErrors.invalid_link();
      const { plan, status } = await entitlements.fresh(opened.tenantId);
      const latest = await invoices.latest(opened.tenantId, INVOICES_OF_PORTAL);
      return { plan: planView(plan), status, invoices: latest.map(invoiceView) };
    },
  }),
];
