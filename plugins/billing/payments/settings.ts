/** How the settings of payments are tried: Stripe says whose the key is. */
import type { SettingsArea, SettingsCandidate } from '#core/plugin.ts';
import type { BillingConfig } from '../config.ts';
import { stripeClient } from './stripe/client.ts';

export const paymentSettings: SettingsArea = {
  area: 'payments',
  async test({ config: { provider, stripe } }: SettingsCandidate<BillingConfig>) {
    if (provider !== 'stripe') return [{ ok: true, text: 'Payments are confirmed by hand: there is nothing to ask' }];
    if (!stripe) return [{ ok: false, text: 'Stripe has no keys yet' }];
    const client = await stripeClient(stripe)();
    const { livemode, available } = await client.balance.retrieve();
    const currencies = available.map(({ currency }) => currency.toUpperCase()).join(', ');
    return [{ ok: true, text: `Stripe knows the key (${livemode ? 'live' : 'test mode'}; ${currencies})` }];
  },
};
