/** Subscriptions: checkouts that begin them, what people, time and payment providers do to them. */
import Type from 'typebox';
import { definePart } from '#core/plugin.ts';
import { READ } from '../access.ts';
import type { BillingConfig } from '../config.ts';
import { SubscriptionView } from '../subscription-answer.ts';
import { SUBSCRIPTION_ATTENTION } from './attention.ts';
import { subscriptionCron } from './cron.ts';
import { eraseSubscription } from './erasure.ts';
import { subscriptionFunctions } from './functions.ts';
import { askAgain, transferBalance } from './jobs.ts';
import { CheckoutAnswer, checkoutRoutes } from './routes/checkouts.ts';
import { portalRoutes } from './routes/portal.ts';
import { subscriptionRoutes } from './routes/subscriptions.ts';
import { type SubscriptionsScope, subscriptionServices } from './services.ts';
import { subscriptionTables } from './tables.ts';
import { CheckoutView } from './views/checkouts.ts';

const Subscription = Type.Object({
  tenant_id: Type.String(),
  plan_id: Type.String(),
  status: Type.String(),
  billing_cycle: Type.String(),
  current_period_end: Type.String(),
});

export const subscriptions = definePart<SubscriptionsScope & { config: BillingConfig }>({
  name: 'subscriptions',
  summary: 'Checkouts that begin them, and what people, time and payment providers do to them',
  needs: ['payments', 'plans'],
  contents: { subscriptions: 'billing_subscriptions' },
  tables: subscriptionTables,
  services: subscriptionServices,
  schemas: {
    Checkout: CheckoutView,
    CheckoutLink: CheckoutAnswer,
    Subscription: SubscriptionView,
    SubscriptionLimits: SubscriptionView.properties.limits,
    SubscriptionUsage: SubscriptionView.properties.usage,
  },
  routes: [...checkoutRoutes, ...portalRoutes, ...subscriptionRoutes],
  functions: subscriptionFunctions,
  cron: subscriptionCron,
  jobs: [transferBalance, askAgain],
  attention: SUBSCRIPTION_ATTENTION,
  events: {
    'subscription.created': Subscription,
    'subscription.updated': Subscription,
    'subscription.canceled': Subscription,
    'plan.changed': Type.Object({
      tenant_id: Type.String(),
      from: Type.String(),
      to: Type.String(),
      billing_cycle: Type.String(),
    }),
  },
  eventAccess: {
    'subscription.created': READ,
    'subscription.updated': READ,
    'subscription.canceled': READ,
    'plan.changed': READ,
  },
  async start({ erasedTenants, jobs, providerEvents, providerStates }) {
    erasedTenants.with((trx, tenantId, since) => eraseSubscription({ jobs }, trx, tenantId, since));
    const { tenantOfSubscription, tenantOfCheckout, applyFact } = providerStates;
    providerEvents.keptBy({ tenantOfSubscription, tenantOfCheckout, apply: applyFact });
  },
});
