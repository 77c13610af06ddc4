/** Steps that billing offers to workflows and AI agents. They are about the caller's tenant. */
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { COUNT, READ, subscriptionOf, USAGE } from './routes/shared.ts';
import type { BillingScope } from './scope.ts';
import { InvoiceView, invoiceView } from './views/invoices.ts';
import { SubscriptionView } from './views/subscriptions.ts';

const Meter = Type.String({ minLength: 1, maxLength: 64 });
const Level = {
  used: Type.Integer(),
  limit: Type.Integer(),
  remaining: Type.Union([Type.Integer(), Type.Null()]),
};

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
    input: Type.Object({ meter: Meter }),
    output: Type.Object(Level),
    async run({ meter }, { tenantId }, { usageMeters }: BillingScope) {
      const { used, limit, remaining } = await usageMeters.peek(tenantId, meter);
      return { used, limit, remaining };
    },
  }),
  defineFunction({
    name: 'billing.consume',
    summary: 'Counts what was used of a meter, once for each call; refused when the plan does not allow it',
    access: { ...COUNT, tenant: true },
    input: Type.Object({ meter: Meter, amount: Type.Optional(Type.Integer({ minimum: 1, maximum: 1e9 })) }),
    output: Type.Object({ ...Level, receipt: Type.String({ description: 'For `billing.giveBack`' }) }),
    async run({ meter, amount = 1 }, { tenantId, idempotencyKey }, { usageCalls }: BillingScope) {
      const call = { meter, amount, key: `function\n${idempotencyKey}` };
      const { used, limit, remaining, receipt } = await usageCalls.consume(tenantId, call);
      return { used, limit, remaining, receipt };
    },
  }),
  defineFunction({
    name: 'billing.giveBack',
    summary: 'Takes back what `billing.consume` counted and did not happen, in the month in which it was',
    access: { ...COUNT, tenant: true },
    input: Type.Object({ meter: Meter, receipt: Type.String({ pattern: '^[0-9a-f]{64}$' }) }),
    output: Type.Object(Level),
    async run({ meter, receipt }, { tenantId }, { usageCalls }: BillingScope) {
      const { used, limit, remaining } = await usageCalls.giveBack(tenantId, { meter, receipt });
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
      return { invoices: (await invoices.latest(tenantId, count)).map(invoiceView) };
    },
  }),
];
