/** Of two states that came at about the same time by different clocks, the present one is asked for. */
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';
import type { BillingScope } from '../../scope.ts';

export const askAgain = defineJob({
  name: 'billing.askAgain',
  summary: 'Asks a payment provider again for a subscription of which two states came at about the same time',
  payload: Type.Object({ tenant_id: Type.String() }),
  run: ({ tenant_id }, _job, { subscriptionTimes }: BillingScope) => subscriptionTimes.askFor(tenant_id),
});
