/** Steps that billing offers to workflows and AI agents. They read what belongs to the tenant that calls them. */
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { billingErrors } from './errors.ts';
import { subscriptionOf } from './routes/shared.ts';
import { InvoiceView, invoiceView } from './views/invoices.ts';
import { SubscriptionView } from './views/subscriptions.ts';

function tenantOf({ tenantId }: { tenantId: string | null }): string {
  if (tenantId === null) throw billingErrors.no_tenant();
  return tenantId;
}

export const billingFunctions = [
  defineFunction({
    name: 'billing.subscription',
    summary: 'The plan, its limits, and what is used of them',
    scope: 'billing:read',
    input: Type.Object({}),
    output: SubscriptionView,
    run: (_, call, services) => subscriptionOf(tenantOf(call), services),
  }),
  defineFunction({
    name: 'billing.usage',
    summary: 'How much of a meter is used and what is left',
    scope: 'usage:read',
    input: Type.Object({ meter: Type.String({ minLength: 1, maxLength: 64 }) }),
    output: Type.Object({
      used: Type.Integer(),
      limit: Type.Integer(),
      remaining: Type.Union([Type.Integer(), Type.Null()]),
    }),
    async run({ meter }, call, services) {
      const { used, limit, remaining } = await services.usage.peek(tenantOf(call), meter);
      return { used, limit, remaining };
    },
  }),
  defineFunction({
    name: 'billing.invoices',
    summary: 'The latest invoices',
    scope: 'billing:read',
    input: Type.Object({ count: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })) }),
    output: Type.Object({ invoices: Type.Array(InvoiceView) }),
    async run({ count = 20 }, call, { invoices }) {
      const { items } = await invoices.list(tenantOf(call), { page_size: count });
      return { invoices: items.map(invoiceView) };
    },
  }),
];
