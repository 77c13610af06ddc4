/** Steps that payments offer to workflows and AI agents. They are about the caller's tenant. */
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { READ } from '../access.ts';
import type { PaymentsScope } from './services.ts';
import { InvoiceView, invoiceView } from './views/invoices.ts';

export const paymentFunctions = [
  defineFunction({
    name: 'billing.invoices',
    summary: 'The latest invoices',
    access: { ...READ, tenant: true },
    input: Type.Object({ count: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })) }),
    output: Type.Object({ invoices: Type.Array(InvoiceView) }),
    async run({ count = 20 }, { tenantId }, { invoices }: PaymentsScope) {
      return { invoices: (await invoices.latest(tenantId, count)).map(invoiceView) };
    },
  }),
];
