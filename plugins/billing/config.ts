/** The schema of `plugins.billing`. */
import Type, { type Static } from 'typebox';

const strict = { additionalProperties: false };

export const BillingConfig = Type.Object({
  provider: Type.String({
    default: 'manual',
    title: 'Payment provider',
    'x-setting': { area: 'payments' },
    pattern: '^[a-z][a-z0-9-]*$',
    description: 'How money comes in: by hand, by Stripe, or by a provider of another plugin.',
  }),
  defaultPlan: Type.String({
    default: 'self-hosted',
    title: 'Default plan',
    'x-setting': { area: 'payments' },
    description: 'Of organisations that have bought nothing.',
  }),
  currency: Type.String({
    default: 'USD',
    pattern: '^[A-Z]{3}$',
    title: 'Currency',
    'x-setting': { area: 'payments' },
    description: 'ISO 4217; of new plans and coupons.',
  }),
  stripe: Type.Union(
    [
      Type.Object(
        {
          secretKey: Type.String({ minLength: 1 }),
          webhookSecret: Type.String({ minLength: 1 }),
          apiBase: Type.Optional(Type.String({ pattern: '^https?://[^/]+/?$', description: 'Another host to call.' })),
        },
        strict,
      ),
      Type.Null(),
    ],
    {
      default: null,
      title: 'Stripe',
      'x-setting': { area: 'payments', when: ['plugins.billing.provider', 'stripe'] },
      description: 'Needed where payments come by Stripe.',
    },
  ),
  company: Type.Object(
    {
      name: Type.String({ default: 'Patchbay' }),
      address: Type.String({ default: '', description: 'Lines are kept.' }),
      taxId: Type.String({ default: '' }),
      font: Type.Union([Type.String(), Type.Null()], {
        default: null,
        description: 'Font file (TTF, OTF) of PDF invoices, for scripts other than Latin.',
      }),
    },
    {
      ...strict,
      default: {},
      title: 'Company',
      'x-setting': { area: 'payments', isLive: true },
      description: 'The seller named on invoices.',
    },
  ),
  manual: Type.Object(
    {
      instructions: Type.String({
        default: 'Please contact us to pay. Your plan starts when we have received the payment.',
        maxLength: 2_000,
        title: 'How to pay by hand',
        'x-setting': { area: 'payments', isLive: true, when: ['plugins.billing.provider', 'manual'] },
        description: 'How to pay, shown on the checkout page.',
      }),
    },
    { ...strict, default: {} },
  ),
});
export type BillingConfig = Static<typeof BillingConfig>;
