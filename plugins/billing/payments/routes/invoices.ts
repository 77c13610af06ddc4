/** Invoices: one as JSON and as PDF, and lists of a tenant's own and of all. Super-admins open anybody's. */
import Type from 'typebox';
import { isSuperadmin } from '#core/kit.ts';
import { listRoute, reply, route } from '#core/plugin.ts';
import { READ, tenantOf } from '../../access.ts';
import { TenantName, withTenantNames } from '../../views.ts';
import { invoicePdf } from '../invoice-pdf.ts';
import type { PaymentsScope } from '../services.ts';
import { INVOICE_STATUSES, type InvoiceRow } from '../tables.ts';
import { InvoiceView, invoiceView } from '../views/invoices.ts';

const InvoiceNumber = Type.Object({ number: Type.String({ minLength: 1, maxLength: 40 }) });

const columns = {
  status: { type: 'text', filter: 'equals', values: INVOICE_STATUSES },
  number: { type: 'text', filter: 'equals' },
  created_at: { type: 'time', filter: 'range', sort: true },
  due_at: { type: 'time', filter: 'range', sort: true },
  paid_at: { type: 'time', filter: 'range' },
} as const;

export const invoiceRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/billing/invoices/{number}',
    access: READ,
    summary: 'One invoice',
    params: InvoiceNumber,
    responses: { 200: InvoiceView },
    async handler({ principal, params }, { invoices }: PaymentsScope) {
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
    async handler({ principal, params }, { invoices, billingConfig }: PaymentsScope) {
      const row = await invoices.find(isSuperadmin(principal) ? null : tenantOf(principal), params.number);
      return reply(200, await invoicePdf(invoiceView(row), billingConfig.company.font), {
        'content-type': 'application/pdf',
        'content-disposition': `attachment; filename="${row.number}.pdf"`,
      });
    },
  }),
  listRoute({
    path: '/api/platform/billing/invoices',
    access: { ...READ, tenant: true },
    summary: 'Your invoices, newest first',
    item: InvoiceView,
    columns,
    rows: ({ principal }, { db }: PaymentsScope) =>
      db.read('billing_invoices').where({ tenant_id: principal.tenantId }),
    items: (rows: InvoiceRow[]) => rows.map(invoiceView),
  }),
  listRoute({
    path: '/api/platform/billing/all-invoices',
    access: 'superadmin',
    summary: 'Invoices of all tenants, newest first: what waits for a payment',
    item: Type.Object({ tenant_id: Type.String(), ...TenantName, provider: Type.String(), ...InvoiceView.properties }),
    columns: { ...columns, tenant_id: { type: 'text', filter: 'equals' } },
    rows: (_, { db }: PaymentsScope) => db.read('billing_invoices'),
    items: (rows: InvoiceRow[], services: PaymentsScope) =>
      withTenantNames(
        rows.map((row) => ({ tenant_id: row.tenant_id, provider: row.provider, ...invoiceView(row) })),
        services,
      ),
  }),
];
