/** What providers tell about invoices: paid, failed, given up, paid back, disputed. Table: billing_invoices. */
import type { Services, Transaction } from '#core/plugin.ts';
import type { ProviderFact, ProviderInvoice } from '../contract.ts';
import type { ErasedTenants } from '../erased-tenants.ts';
import { lockTenant } from '../tenant-lock.ts';
import { type Customers, NOBODY } from './customers.ts';
import type { Invoices } from './invoices.ts';
import type { InvoiceRow } from './tables.ts';

type Tools = Pick<Services, 'db' | 'log' | 'events'> & {
  invoices: Invoices;
  erasedTenants: ErasedTenants;
};

export async function applyInvoice(
  { db, log, events, invoices, erasedTenants }: Tools,
  trx: Transaction,
  provider: string,
  invoice: ProviderInvoice,
  { tenantId: known, customers }: { tenantId: string | null; customers: Customers },
): Promise<void> {
  const tenantId = known ?? invoice.tenantId;
  // Of an erased one the invoice stays, without a name; others may belong to another server with the same account.
  const isOurs =
    tenantId && (known || customers.has(tenantId) || (await erasedTenants.erasedAt(trx, tenantId)) !== null);
  if (!isOurs) {
    log.warn({ provider, invoice: invoice.ref }, 'An invoice of no known tenant was ignored');
    return;
  }
  // Of two events about one invoice the later one finds what the earlier has stored.
  await lockTenant(db, trx, tenantId);
  const stored = await trx('billing_invoices').where({ provider, provider_ref: invoice.ref }).first();
  const { status, currency, total, subtotal, discount, lines, period } = invoice;
  if (status === 'paid') {
    if (stored) return;
    await invoices.issue(trx, {
      tenantId,
      customer: customers.get(tenantId) ?? NOBODY,
      provider,
      providerRef: invoice.ref,
      status,
      currency,
      lines,
      subtotal,
      discount,
      credit: 0,
      total,
      period,
    });
    return;
  }
  // What was paid after all has not failed, however late that is told.
  if (stored && stored.status !== 'open') return;
  if (stored && status !== 'failed') await trx('billing_invoices').where({ id: stored.id }).update({ status });
  if (status === 'void') return;
  const data = { tenant_id: tenantId, number: stored?.number ?? null, total, currency };
  await events.emit(trx, 'invoice.failed', data, { tenantId, subject: invoice.ref });
}

export async function applyMoneyBack(
  { log, events }: Tools,
  trx: Transaction,
  provider: string,
  fact: Extract<ProviderFact, { kind: 'refund' | 'dispute' }>,
): Promise<void> {
  const invoice = await trx('billing_invoices').where({ provider, provider_ref: fact.invoiceRef }).forUpdate().first();
  if (!invoice) {
    log.warn({ provider, invoice: fact.invoiceRef, kind: fact.kind }, 'Money of an invoice that is not here went back');
    return;
  }
  if (fact.kind === 'refund') return giveBack(invoice, fact.refunded);
  if (fact.state === 'lost') return giveBack(invoice, fact.amount);
  if (fact.state === 'won') return settle(invoice);
  if (invoice.status !== 'paid') return;
  await trx('billing_invoices').where({ id: invoice.id }).update({ status: 'disputed' });
  await events.emit(trx, 'invoice.disputed', { ...dataOf(invoice), amount: fact.amount }, aboutOf(invoice));

  /** Never less than was known: refunds and credit notes tell each of their own. */
  async function giveBack(row: InvoiceRow, wanted: number): Promise<void> {
    const total = Number(row.total);
    const refunded = Math.min(total, Math.max(Number(row.refunded), wanted));
    // Who disputes a payment goes on when a part of it is given back.
    const otherwise = row.status === 'disputed' && fact.kind === 'refund' ? 'disputed' : 'paid';
    const status = refunded >= total ? 'refunded' : otherwise;
    if (refunded === Number(row.refunded) && row.status === status) return;
    await trx('billing_invoices').where({ id: row.id }).update({ refunded, status });
    await events.emit(trx, 'invoice.refunded', { ...dataOf(row), refunded }, aboutOf(row));
  }

  async function settle(row: InvoiceRow): Promise<void> {
    await trx('billing_invoices').where({ id: row.id, status: 'disputed' }).update({ status: 'paid' });
  }
}

const dataOf = ({ tenant_id, number, total, currency }: InvoiceRow) => ({
  tenant_id,
  number,
  currency,
  total: Number(total),
});
const aboutOf = ({ tenant_id, number }: InvoiceRow) => ({ tenantId: tenant_id, subject: number });
