/** The last invoices that were paid, as `invoice.paid` told of them. */
import type { PastEventsTeller } from '#core/plugin.ts';
import type { PaymentsScope } from './services.ts';

export const pastPayments: PastEventsTeller<'invoice.paid'> = async ({ tenantId, most }, { db }: PaymentsScope) => {
  // By when they were paid, which may be long after they were made.
  const query = db
    .read('billing_invoices')
    .where({ status: 'paid' })
    .whereNotNull('paid_at')
    .orderBy([
      { column: 'paid_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(most);
  if (tenantId !== null) query.where({ tenant_id: tenantId });
  return (await query).map(({ tenant_id, number, total, currency, paid_at }) => ({
    key: number,
    at: Number(paid_at),
    tenantId: tenant_id,
    subject: number,
    data: { tenant_id, number, total: Number(total), currency },
  }));
};
