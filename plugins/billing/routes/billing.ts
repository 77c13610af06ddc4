/** MoltFlow /billing: plans, the subscription, paying for it. */
import Type from 'typebox';
import { PageQuery } from '#core/kit.ts';
import { route } from '#core/plugin.ts';
import type { BillingScope } from '../scope.ts';
import { PlanView, planView } from '../views/plans.ts';
import { pageOf } from '../views/shared.ts';
import { SubscriptionView } from '../views/subscriptions.ts';
import { CheckoutAnswer, CheckoutBody, MANAGE, originOf, READ, subscriptionOf, tenantOf, wishOf } from './shared.ts';

const example = { plan_id: 'pro', billing_cycle: 'monthly' };

export const billingRoutes = [
  route({
    method: 'GET',
    path: '/api/v2/billing/subscription',
    access: READ,
    summary: 'Your plan, its limits, and what is used of them',
    responses: { 200: SubscriptionView },
    handler: ({ principal }, services: BillingScope) => subscriptionOf(tenantOf(principal), services),
  }),
  route({
    method: 'GET',
    path: '/api/v2/billing/plans',
    access: 'public',
    summary: 'Plans that are for sale',
    query: Type.Object({ ...PageQuery }),
    responses: { 200: pageOf(PlanView) },
    async handler({ query }, { plans }: BillingScope) {
      const page = await plans.list({ ...query, onlyPublic: true });
      return { ...page, items: page.items.map(planView) };
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/billing/checkout',
    operationId: 'beginCheckout',
    access: MANAGE,
    summary: 'Begins the payment of a plan',
    body: Type.Object(CheckoutBody, { examples: [example] }),
    responses: { 200: CheckoutAnswer },
    handler: ({ principal, body }, { checkouts }: BillingScope) => checkouts.begin(tenantOf(principal), wishOf(body)),
  }),
  route({
    method: 'POST',
    path: '/api/v2/billing/signup-checkout',
    operationId: 'beginSignupCheckout',
    access: 'public',
    summary: 'Makes an account and begins the payment of its plan',
    rateLimit: { name: 'billing.signup', points: 10, windowSeconds: 60 },
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
    handler({ body, ...request }, { checkouts }: BillingScope) {
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
    method: 'POST',
    path: '/api/v2/billing/portal',
    operationId: 'openPortal',
    access: MANAGE,
    summary: 'Where to see and change how you pay',
    body: Type.Object({}),
    responses: { 200: Type.Object({ portal_url: Type.String() }) },
    handler: ({ principal }, { portal }: BillingScope) => portal.open(tenantOf(principal)),
  }),
  route({
    method: 'POST',
    path: '/api/v2/billing/cancel',
    operationId: 'cancelSubscription',
    access: MANAGE,
    summary: 'Ends the subscription, at the end of its period or at once',
    body: Type.Object({ immediately: Type.Optional(Type.Boolean()) }),
    responses: { 200: SubscriptionView },
    async handler({ principal, body }, services: BillingScope) {
      await services.subscriptionChanges.cancel(tenantOf(principal), body.immediately ?? false);
      return subscriptionOf(tenantOf(principal), services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/billing/subscription/change',
    access: MANAGE,
    summary: 'Another plan or another cycle, at once or from the end of the period on',
    description: 'What costs more at once is paid first: then `checkout` says where.',
    body: Type.Object({
      ...CheckoutBody,
      when: Type.Optional(Type.Enum(['now', 'period_end'])),
    }),
    responses: {
      200: Type.Object({ subscription: SubscriptionView, checkout: Type.Union([CheckoutAnswer, Type.Null()]) }),
    },
    async handler({ principal, body }, services: BillingScope) {
      const tenantId = tenantOf(principal);
      const { checkout } = await services.subscriptionChanges.change(tenantId, wishOf(body), body.when ?? 'now');
      return { subscription: await subscriptionOf(tenantId, services), checkout };
    },
  }),
];
