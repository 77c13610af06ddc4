/** One invoice of a tenant, as JSON and as PDF. Super-admins open anybody's. */
import Type from 'typebox';
import { isSuperadmin } from '#core/kit.ts';
import { reply, route } from '#core/plugin.ts';
import type { BillingScope } from '../scope.ts';
import { invoicePdf } from '../views/invoice-pdf.ts';
import { InvoiceView, invoiceView } from '../views/invoices.ts';
import { READ, tenantOf } from './shared.ts';

const InvoiceNumber = Type.Object({ number: Type.String({ minLength: 1, maxLength: 40 }) });

export const invoiceRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/billing/invoices/{number}',
    access: READ,
    summary: 'One invoice',
    params: InvoiceNumber,
    responses: { 200: InvoiceView },
    async handler({ principal, params }, { invoices }: BillingScope) {
      return invoiceView(await invoices.find(isSuperadmin(principal) ? null : tenantOf(principal), params.number));
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/billing/invoices/{number}/pdf',
    access: READ,
    summary: 'One invoice as PDF',
    params: InvoiceNumber,
    responses: { 200: null },
    produces: ['application/pdf'],
    async handler({ principal, params }, { invoices, billingDocuments }: BillingScope) {
      const row = await invoices.find(isSuperadmin(principal) ? null : tenantOf(principal), params.number);
      return reply(200, await invoicePdf(invoiceView(row), billingDocuments.font), {
        'content-type': 'application/pdf',
        'content-disposition': `attachment; filename="${row.number}.pdf"`,
      });
    },
  }),
];
