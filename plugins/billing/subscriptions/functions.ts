/** Steps that subscriptions offer to workflows and AI agents. They are about the caller's tenant. */
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { READ } from '../access.ts';
import { SubscriptionView } from '../subscription-answer.ts';
import type { SubscriptionsScope } from './services.ts';

export const subscriptionFunctions = [
  defineFunction({
    name: 'billing.subscription',
    summary: 'The plan, its limits, and what is used of them',
    access: { ...READ, tenant: true },
    input: Type.Object({}),
    output: SubscriptionView,
    run: (_, { tenantId }, { subscriptionAnswers }: SubscriptionsScope) => subscriptionAnswers.of(tenantId),
  }),
];
