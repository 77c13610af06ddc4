/** What waits for a person: invoices that a tenant has to pay. */
import { type AttentionSource, countedTo } from '#core/plugin.ts';
import { MANAGE } from '../access.ts';
import type { PaymentsScope } from './services.ts';

export const PAYMENT_ATTENTION: readonly AttentionSource[] = [
  {
    id: 'billing.openInvoices',
    title: { en: 'Invoices to be paid', zh: '待付的账单' },
    path: '/settings/plan/invoices?status=open',
    access: { ...MANAGE, tenant: true },
    count: ({ tenantId }, { db }: PaymentsScope) =>
      countedTo(db.read('billing_invoices').where({ tenant_id: tenantId ?? '', status: 'open' })),
  },
];
