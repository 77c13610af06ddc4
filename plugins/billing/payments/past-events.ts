/** The last invoices that were paid, as `invoice.paid` told of them. */
import type { PastEventsTeller } from '#core/plugin.ts';
import type { PaymentsScope } from './services.ts';

export const pastPayments: PastEventsTeller<'invoice.paid'> = async ({ tenantId, most }, { db }: PaymentsScope) => {
  const query = db.read('billing_invoices').where({ status: 'paid' }).orderBy('id', 'desc').limit(most);
  if (tenantId !== null) query.where({ tenant_id: tenantId });
  return (await query).map(({ tenant_id, number, total, currency, paid_at, created_at }) => ({
    key: number,
    at: Number(paid_at ?? created_at),
    tenantId: tenant_id,
    subject: number,
    data: { tenant_id, number, total: Number(total), currency },
  }));
};
