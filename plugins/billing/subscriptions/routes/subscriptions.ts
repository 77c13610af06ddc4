/** Subscriptions: one's own, how it is cancelled and changed, and a list of all for super-admins. */
import Type from 'typebox';
import { listRoute, route } from '#core/plugin.ts';
import { MANAGE, originOf, READ, tenantOf } from '../../access.ts';
import { InvoiceView, invoiceView } from '../../payments/views/invoices.ts';
import { SubscriptionView } from '../../subscription-answer.ts';
import { SUBSCRIPTION_STATUSES, TenantName, withTenantNames } from '../../views.ts';
import type { SubscriptionsScope } from '../services.ts';
import { OwnSubscriptionView, ownSubscriptionView } from '../views/own-subscription.ts';
import {
  type NamedSubscription,
  TenantSubscriptionView,
  tenantSubscriptionView,
} from '../views/tenant-subscriptions.ts';
import { CheckoutAnswer, CheckoutBody, wishOf } from './checkouts.ts';

export const subscriptionRoutes = [
  route({
    method: 'GET',
    path: '/api/v2/billing/subscription',
    access: READ,
    summary: 'Your plan, its limits, and what is used of them',
    responses: { 200: SubscriptionView },
    handler: ({ principal }, { subscriptionAnswers }: SubscriptionsScope) =>
      subscriptionAnswers.of(tenantOf(principal)),
  }),
  route({
    method: 'POST',
    path: '/api/v2/billing/cancel',
    operationId: 'cancelSubscription',
    access: MANAGE,
    summary: 'Ends the subscription, at the end of its period or at once',
    body: Type.Object({ immediately: Type.Optional(Type.Boolean()) }),
    responses: { 200: SubscriptionView },
    async handler({ principal, body }, { subscriptionChanges, subscriptionAnswers }: SubscriptionsScope) {
      await subscriptionChanges.cancel(tenantOf(principal), body.immediately ?? false);
      return subscriptionAnswers.of(tenantOf(principal));
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
    async handler({ principal, body }, { subscriptionChanges, subscriptionAnswers }: SubscriptionsScope) {
      const tenantId = tenantOf(principal);
      const { checkout } = await subscriptionChanges.change(tenantId, wishOf(body), body.when ?? 'now');
      return { subscription: await subscriptionAnswers.of(tenantId), checkout };
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/billing/subscription',
    operationId: 'getOwnSubscription',
    access: { ...READ, tenant: true },
    summary: 'Your plan with its price, period and credit, and what comes after it',
    responses: { 200: OwnSubscriptionView },
    async handler({ principal }, { currentPlans, plans, billingConfig }: SubscriptionsScope) {
      const current = await currentPlans.of(tenantOf(principal));
      const next = current.subscription?.next_plan ?? null;
      const nextPlan = next === null ? null : await plans.byKey(next);
      return ownSubscriptionView(current, nextPlan, billingConfig.manual.instructions);
    },
  }),
  listRoute({
    path: '/api/platform/billing/subscriptions',
    access: 'superadmin',
    summary: 'Subscriptions of all tenants, newest first',
    description:
      'A tenant that has never bought anything, and was given nothing, is on the default plan and not in it.',
    key: 'billing_subscriptions.id',
    item: Type.Object({ ...TenantSubscriptionView.properties, ...TenantName }),
    columns: {
      tenant_id: { type: 'text', column: 'billing_subscriptions.tenant_id', filter: 'equals' },
      plan_id: { type: 'text', column: 'billing_plans.plan_id', filter: 'equals' },
      status: { type: 'text', filter: 'equals', values: SUBSCRIPTION_STATUSES },
      cancel_at_period_end: { type: 'boolean', filter: 'equals' },
      period_end: { type: 'time', filter: 'range', sort: true },
      created_at: { type: 'time', column: 'billing_subscriptions.created_at', filter: 'range', sort: true },
    },
    rows: (_, { db }: SubscriptionsScope) =>
      db
        .read('billing_subscriptions')
        .join('billing_plans', 'billing_plans.id', 'billing_subscriptions.plan')
        .select('billing_subscriptions.*', 'billing_plans.plan_id', 'billing_plans.display_name'),
    async items(rows: NamedSubscription[], { db, clock, directory }: SubscriptionsScope) {
      const plans = await db.read('billing_plans').select('id', 'plan_id');
      const names = new Map(plans.map(({ id, plan_id }) => [id, plan_id]));
      const items = rows.map((row) => tenantSubscriptionView(row, names, clock.now()));
      return withTenantNames(items, { directory });
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/billing/invoices/{number}/confirm',
    access: 'superadmin',
    summary: 'The payment of an open invoice was received',
    params: Type.Object({ number: Type.String({ minLength: 1, maxLength: 40 }) }),
    responses: { 200: InvoiceView },
    async handler({ params, principal, ...request }, { subscriptionTimes }: SubscriptionsScope) {
      return invoiceView(await subscriptionTimes.confirmInvoice(principal, params.number, originOf(request)));
    },
  }),
];
