/** Steps that billing offers to workflows and AI agents. They read what belongs to the caller's tenant. */
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { READ, subscriptionOf, USAGE } from './routes/shared.ts';
import type { BillingScope } from './scope.ts';
import { InvoiceView, invoiceView } from './views/invoices.ts';
import { SubscriptionView } from './views/subscriptions.ts';

export const billingFunctions = [
  defineFunction({
    name: 'billing.subscription',
    summary: 'The plan, its limits, and what is used of them',
    access: { ...READ, tenant: true },
    input: Type.Object({}),
    output: SubscriptionView,
    run: (_, { tenantId }, services: BillingScope) => subscriptionOf(tenantId, services),
  }),
  defineFunction({
    name: 'billing.usage',
    summary: 'How much of a meter is used and what is left',
    access: { ...USAGE, tenant: true },
    input: Type.Object({ meter: Type.String({ minLength: 1, maxLength: 64 }) }),
    output: Type.Object({
      used: Type.Integer(),
      limit: Type.Integer(),
      remaining: Type.Union([Type.Integer(), Type.Null()]),
    }),
    async run({ meter }, { tenantId }, { usageMeters }: BillingScope) {
      const { used, limit, remaining } = await usageMeters.peek(tenantId, meter);
      return { used, limit, remaining };
    },
  }),
  defineFunction({
    name: 'billing.invoices',
    summary: 'The latest invoices',
    access: { ...READ, tenant: true },
    input: Type.Object({ count: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })) }),
    output: Type.Object({ invoices: Type.Array(InvoiceView) }),
    async run({ count = 20 }, { tenantId }, { invoices }: BillingScope) {
      const { items } = await invoices.list(tenantId, { page_size: count });
      return { invoices: items.map(invoiceView) };
    },
  }),
];
