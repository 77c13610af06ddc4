/** How the services of subscriptions are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { PaymentsOwn } from '../payments/services.ts';
import type { PlansOwn } from '../plans/services.ts';
import type { BillingGround } from '../services.ts';
import { createCheckoutCompletion } from './checkout-completion.ts';
import { createCheckouts } from './checkouts.ts';
import { createCurrentPlans } from './current-plans.ts';
import { createProviderStates } from './provider-states.ts';
import { createSubscriptionChanges } from './subscription-changes.ts';
import { createSubscriptionStore } from './subscription-store.ts';
import { createSubscriptionTimes } from './subscription-times.ts';
import { createTimeMoves } from './time-moves.ts';

export const subscriptionServices = {
  checkoutCompletion: createCheckoutCompletion,
  checkouts: createCheckouts,
  currentPlans: createCurrentPlans,
  providerStates: createProviderStates,
  subscriptionChanges: createSubscriptionChanges,
  subscriptionStore: createSubscriptionStore,
  subscriptionTimes: createSubscriptionTimes,
  timeMoves: createTimeMoves,
};

export interface SubscriptionsOwn extends ServicesOf<typeof subscriptionServices> {}

/** What this part sees. */
export interface SubscriptionsScope extends BillingGround, PaymentsOwn, PlansOwn, SubscriptionsOwn {}
