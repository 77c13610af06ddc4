/** How the settings of payments are tried: Stripe says whose the key is. */
import type { SettingsArea, SettingsCandidate } from '#core/plugin.ts';
import { type BillingConfig, FIRST_INSTRUCTIONS } from '../config.ts';
import type { PaymentsScope } from './services.ts';
import { stripeClient } from './stripe/client.ts';

/** Those of billing itself; Stripe is there to be chosen before it has keys. */
const PROVIDERS = {
  manual: { en: 'By hand: an administrator confirms each payment', zh: '手动：由管理员确认每笔付款' },
  stripe: { en: 'Stripe', zh: 'Stripe' },
};

function isSilent(instructions: string): boolean {
  return ['', FIRST_INSTRUCTIONS].includes(instructions.trim());
}

export const paymentSettings: SettingsArea = {
  area: 'payments',
  async choices({ paymentProviders, db }: PaymentsScope) {
    const plans = await db.read('billing_plans').select('plan_id', 'display_name').orderBy('id');
    const others = paymentProviders.names().filter((name) => !Object.hasOwn(PROVIDERS, name));
    return {
      'plugins.billing.provider': [
        ...Object.entries(PROVIDERS).map(([value, title]) => ({ value, title })),
        ...others.map((name) => ({ value: name, title: name })),
      ],
      'plugins.billing.defaultPlan': plans.map(({ plan_id, display_name }) => ({
        value: plan_id,
        title: display_name,
      })),
    };
  },
  async test({ config: { provider, stripe, manual } }: SettingsCandidate<BillingConfig>) {
    if (provider === 'manual' && isSilent(manual.instructions))
      return [
        {
          ok: false,
          text: 'Customers are not told how to pay: write payment instructions with an account or an address of yours',
        },
      ];
    if (provider !== 'stripe') return [{ ok: true, text: 'Payments are confirmed by hand: there is nothing to ask' }];
    if (!stripe) return [{ ok: false, text: 'Stripe has no keys yet' }];
    const client = await stripeClient(stripe)();
    const { livemode, available } = await client.balance.retrieve();
    const currencies = available.map(({ currency }) => currency.toUpperCase()).join(', ');
    return [{ ok: true, text: `Stripe knows the key (${livemode ? 'live' : 'test mode'}; ${currencies})` }];
  },
};
