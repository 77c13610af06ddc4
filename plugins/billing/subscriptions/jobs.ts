/** Jobs of subscriptions. */
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';
import type { SubscriptionsScope } from './services.ts';

/** Of two states that came at about the same time by different clocks, the present one is asked for. */
export const askAgain = defineJob({
  name: 'billing.askAgain',
  summary: 'Asks a payment provider again for a subscription of which two states came at about the same time',
  payload: Type.Object({ tenant_id: Type.String() }),
  run: ({ tenant_id }, _job, { subscriptionTimes }: SubscriptionsScope) => subscriptionTimes.askFor(tenant_id),
});

/** Credit that somebody has with us moves to the provider that runs their subscription now, and counts there. */
export const transferBalance = defineJob({
  name: 'billing.moveCredit',
  summary: 'Moves the credit of a tenant to the payment provider that has taken over',
  mustHappen: true,
  payload: Type.Object({ tenant_id: Type.String(), provider: Type.String(), ref: Type.String() }),
  async run({ tenant_id, provider: name, ref }, _job, { db, paymentProviders, subscriptionStore }: SubscriptionsScope) {
    const row = await db.write('billing_subscriptions').where({ tenant_id, provider_ref: ref }).first();
    const amount = Number(row?.credit ?? 0);
    const provider = paymentProviders.named(name);
    if (!row?.customer_ref || amount <= 0 || !provider.addCredit) return;
    // First there: a try that is cut off is made again with the same key, and counts once.
    const idempotencyKey = `credit-${ref}-${amount}`;
    await provider.addCredit(row.customer_ref, { amount, currency: row.currency, idempotencyKey });
    await db.transaction(async (trx) => {
      const before = await subscriptionStore.locked(trx, tenant_id);
      if (before?.provider_ref !== ref) return;
      await subscriptionStore.save(
        trx,
        before,
        { ...before, credit: Math.max(0, Number(before.credit) - amount) },
        'keep',
      );
    });
  },
});
