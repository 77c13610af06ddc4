/** The schema of `plugins.billing`. */
import Type, { type Static } from 'typebox';

const strict = { additionalProperties: false };

/** Of a fresh installation: neither an account nor a way to ask for one. */
export const FIRST_INSTRUCTIONS = 'Please contact us to pay. Your plan starts when we have received the payment.';

export const BillingConfig = Type.Object({
  provider: Type.String({
    default: 'manual',
    title: 'Payment provider',
    'x-setting': { area: 'payments' },
    pattern: '^[a-z][a-z0-9-]*$',
    description: 'How customers pay: by hand, through Stripe, or through a provider from another plugin.',
  }),
  defaultPlan: Type.String({
    default: 'self-hosted',
    title: 'Default plan',
    'x-setting': { area: 'payments' },
    description: 'The plan of organisations that have not bought one.',
  }),
  currency: Type.String({
    default: 'USD',
    pattern: '^[A-Z]{3}$',
    title: 'Currency',
    'x-setting': { area: 'payments' },
    description: 'The three-letter code of the currency of new plans and coupons, such as EUR.',
  }),
  stripe: Type.Union(
    [
      Type.Object(
        {
          secretKey: Type.String({
            minLength: 1,
            title: 'Secret key',
            description: 'From the API keys of your Stripe account (sk_…).',
          }),
          webhookSecret: Type.String({
            minLength: 1,
            title: 'Webhook signing secret',
            description: 'From the webhook that you created at Stripe (whsec_…).',
          }),
          apiBase: Type.Optional(
            Type.String({
              pattern: '^https?://[^/]+/?$',
              title: 'API address',
              description: 'Leave it empty to call Stripe itself.',
            }),
          ),
        },
        strict,
      ),
      Type.Null(),
    ],
    {
      default: null,
      title: 'Stripe',
      'x-setting': { area: 'payments', when: ['plugins.billing.provider', 'stripe'] },
      description: 'The account at Stripe that receives payments.',
    },
  ),
  company: Type.Object(
    {
      name: Type.String({
        default: '',
        title: 'Name',
        description: 'The name of the seller. Empty: the name of the organisation that runs this server.',
      }),
      address: Type.String({
        default: '',
        maxLength: 2_000,
        title: 'Address',
        description: 'Printed on invoices line by line.',
      }),
      taxId: Type.String({ default: '', title: 'Tax ID', description: 'Printed on invoices, if you have one.' }),
      font: Type.Union([Type.String(), Type.Null()], {
        default: null,
        title: 'Font file',
        description:
          'Path of a font (TTF or OTF) on this server for PDF invoices, needed for scripts other than Latin.',
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
        default: FIRST_INSTRUCTIONS,
        maxLength: 2_000,
        title: 'Payment instructions',
        'x-setting': { area: 'payments', isLive: true, when: ['plugins.billing.provider', 'manual'] },
        description: 'Tells customers how to pay; shown on the checkout page.',
      }),
    },
    { ...strict, default: {} },
  ),
});
export type BillingConfig = Static<typeof BillingConfig>;
