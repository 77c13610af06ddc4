/** Checkouts: what a plan would cost, beginning its payment, and how one of the manual provider is paid and confirmed. */
import Type from 'typebox';
import { listRoute, route } from '#core/plugin.ts';
import { MANAGE, originOf, READ, tenantOf } from '../../access.ts';
import { billingErrors } from '../../errors.ts';
import { sellerName } from '../../payments/seller.ts';
import { PlanView, planView } from '../../plans/views.ts';
import { CouponCode, CycleSchema, PlanId, TenantName, withTenantNames } from '../../views.ts';
import { checkoutPage } from '../manual-pages.ts';
import type { SubscriptionsScope } from '../services.ts';
import type { CheckoutRow } from '../tables.ts';
import { CheckoutView, checkoutView } from '../views/checkouts.ts';
import { QuoteView, quoteView } from '../views/own-subscription.ts';

const example = { plan_id: 'pro', billing_cycle: 'monthly' };
const SessionId = Type.Object({ session_id: Type.String({ minLength: 1, maxLength: 255 }) });
const { tenant_id, invoice_number, ...shownOfCheckout } = CheckoutView.properties;

export const CheckoutBody = {
  plan_id: PlanId,
  billing_cycle: Type.Optional(CycleSchema),
  coupon: Type.Optional(CouponCode),
};
export const CheckoutAnswer = Type.Object(
  { checkout_url: Type.String(), session_id: Type.String() },
  { examples: [{ checkout_url: 'https://checkout.stripe.com/c/pay/cs_live_...', session_id: 'cs_live_...' }] },
);

export function wishOf(body: { plan_id: string; billing_cycle?: 'monthly' | 'yearly'; coupon?: string }) {
  const { plan_id: planId, billing_cycle: cycle = 'monthly' as const, coupon } = body;
  return { planId, cycle, ...(coupon !== undefined && { coupon }) };
}

export const checkoutRoutes = [
  route({
    method: 'POST',
    path: '/api/v2/billing/checkout',
    operationId: 'beginCheckout',
    access: MANAGE,
    summary: 'Begins the payment of a plan',
    body: Type.Object(CheckoutBody, { examples: [example] }),
    responses: { 200: CheckoutAnswer },
    handler: ({ principal, body }, { checkouts }: SubscriptionsScope) =>
      checkouts.begin(tenantOf(principal), wishOf(body)),
  }),
  route({
    method: 'POST',
    path: '/api/v2/billing/signup-checkout',
    operationId: 'beginSignupCheckout',
    access: 'public',
    summary: 'Makes an account and begins the payment of its plan',
    rateLimit: { name: 'billing.signup', points: 10, windowSeconds: 60, shared: 'closed' },
    body: Type.Object(
      {
        email: Type.String({ format: 'email', maxLength: 320 }),
        password: Type.Optional(Type.String({ minLength: 1, maxLength: 1024, writeOnly: true })),
        full_name: Type.Optional(Type.String({ maxLength: 200 })),
        ...CheckoutBody,
      },
      { examples: [{ email: 'user@example.com', ...example }] },
    ),
    responses: { 200: CheckoutAnswer },
    handler({ body, ...request }, { checkouts }: SubscriptionsScope) {
      const { email, password, full_name } = body;
      const person = {
        email,
        ...(password !== undefined && { password }),
        ...(full_name !== undefined && { fullName: full_name }),
      };
      return checkouts.signUp(person, wishOf(body), originOf(request));
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
    async handler({ principal, query }, { checkouts }: SubscriptionsScope) {
      const { plan, quote, trialDays } = await checkouts.quote(tenantOf(principal), wishOf(query));
      return quoteView(plan, quote, trialDays);
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/billing/checkouts/{session_id}',
    access: 'public',
    summary: 'How to pay a checkout of the manual provider; its id cannot be guessed',
    params: SessionId,
    responses: {
      200: Type.Object({
        ...shownOfCheckout,
        plan: PlanView,
        instructions: Type.String(),
        seller: Type.Object(
          { name: Type.String(), address: Type.String() },
          { description: 'The company that is paid' },
        ),
      }),
    },
    async handler({ params }, services: SubscriptionsScope) {
      const { row, plan, instructions } = await manualCheckout(params.session_id, services);
      const { billingConfig, db } = services;
      const name = await sellerName(db.read, billingConfig, services);
      const { address } = billingConfig.company;
      const { tenant_id, invoice_number, ...checkout } = checkoutView(row);
      return { ...checkout, plan: planView(plan), instructions, seller: { name, address } };
    },
  }),
  listRoute({
    path: '/api/platform/billing/checkouts',
    access: 'superadmin',
    summary: 'Checkouts of all tenants, newest first: what waits for a confirmation',
    item: Type.Object({ ...CheckoutView.properties, ...TenantName }),
    columns: {
      session_id: { type: 'text', filter: 'equals' },
      tenant_id: { type: 'text', filter: 'equals' },
      status: { type: 'text', filter: 'equals', values: ['open', 'completed', 'expired'] },
      created_at: { type: 'time', filter: 'range', sort: true },
      expires_at: { type: 'time', filter: 'range', sort: true },
    },
    rows: (_, { db }: SubscriptionsScope) => db.read('billing_checkouts'),
    items: (rows: CheckoutRow[], services: SubscriptionsScope) => withTenantNames(rows.map(checkoutView), services),
  }),
  route({
    method: 'POST',
    path: '/api/platform/billing/checkouts/{session_id}/confirm',
    access: 'superadmin',
    summary: 'The payment of a manual checkout was received',
    params: SessionId,
    responses: { 200: CheckoutView },
    async handler({ params, principal, ...request }, { checkoutCompletion }: SubscriptionsScope) {
      return checkoutView(await checkoutCompletion.confirm(principal, params.session_id, originOf(request)));
    },
  }),
  route({
    method: 'GET',
    path: '/billing/checkout/{session_id}',
    plainPage: true,
    access: 'public',
    summary: 'How to pay a checkout of the manual provider',
    params: SessionId,
    responses: { 200: null },
    produces: ['text/html'],
    async handler({ params }, services: SubscriptionsScope) {
      const { row, plan, instructions } = await manualCheckout(params.session_id, services);
      return checkoutPage(row, plan, instructions);
    },
  }),
];

/** Throws `checkout_not_found`, also for other providers: their ids may be guessed, and they have pages of their own. */
async function manualCheckout(sessionId: string, { checkouts, plans, billingConfig }: SubscriptionsScope) {
  const row = await checkouts.find(sessionId);
  if (row.provider !== 'manual') throw billingErrors.checkout_not_found();
  return { row, plan: await plans.byKey(row.plan), instructions: billingConfig.manual.instructions };
}
