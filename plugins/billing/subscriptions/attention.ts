/** What waits for a person: payments that an administrator has to confirm. */
import { type AttentionSource, countedTo } from '#core/plugin.ts';
import type { SubscriptionsScope } from './services.ts';

export const SUBSCRIPTION_ATTENTION: readonly AttentionSource[] = [
  {
    id: 'billing.payments',
    title: { en: 'Payments to confirm', zh: '待确认的付款' },
    path: '/sales/checkouts?status=open',
    access: 'superadmin',
    count: (_, { db, clock }: SubscriptionsScope) =>
      countedTo(
        db
          .read('billing_checkouts')
          .where({ status: 'open', provider: 'manual' })
          .where('expires_at', '>', clock.now()),
      ),
  },
];
