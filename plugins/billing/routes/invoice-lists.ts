/** Lists of invoices: a tenant's own, and all of them. */
import Type from 'typebox';
import { listRoute } from '#core/plugin.ts';
import type { BillingScope } from '../scope.ts';
import type { InvoiceRow } from '../tables.ts';
import { InvoiceView, invoiceView } from '../views/invoices.ts';
import { READ, TenantName, withTenantNames } from './shared.ts';

const columns = {
  status: {
    type: 'text',
    filter: 'equals',
    values: ['open', 'paid', 'void', 'uncollectible', 'refunded', 'disputed'],
  },
  number: { type: 'text', filter: 'equals' },
  created_at: { type: 'time', filter: 'range', sort: true },
  due_at: { type: 'time', filter: 'range', sort: true },
  paid_at: { type: 'time', filter: 'range' },
} as const;

export const invoiceLists = [
  listRoute({
    path: '/api/platform/billing/invoices',
    access: { ...READ, tenant: true },
    summary: 'Your invoices, newest first',
    item: InvoiceView,
    columns,
    rows: ({ principal }, { db }: BillingScope) => db.read('billing_invoices').where({ tenant_id: principal.tenantId }),
    items: (rows: InvoiceRow[]) => rows.map(invoiceView),
  }),
  listRoute({
    path: '/api/platform/billing/all-invoices',
    access: 'superadmin',
    summary: 'Invoices of all tenants, newest first: what waits for a payment',
    item: Type.Object({ tenant_id: Type.String(), ...TenantName, provider: Type.String(), ...InvoiceView.properties }),
    columns: { ...columns, tenant_id: { type: 'text', filter: 'equals' } },
    rows: (_, { db }: BillingScope) => db.read('billing_invoices'),
    items: (rows: InvoiceRow[], services: BillingScope) =>
      withTenantNames(
        rows.map((row) => ({ tenant_id: row.tenant_id, provider: row.provider, ...invoiceView(row) })),
        services,
      ),
  }),
];
