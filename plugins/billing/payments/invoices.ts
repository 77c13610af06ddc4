/** Invoices, numbered without gaps. Tables: billing_invoices, billing_counters. */

import Type from 'typebox';
import { isoSeconds, rowsOf } from '#core/kit.ts';
import { defineJob, type Services, type Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { BillingConfig } from '../config.ts';
import { billingErrors } from '../errors.ts';
import { moneyText } from '../money.ts';
import type { Customer } from './customers.ts';
import { sellerName } from './seller.ts';
import type { InvoiceRow, InvoiceStatus } from './tables.ts';

export interface Line {
  description: string;
  /** In the minor unit; below zero for what is given back. */
  amount: number;
}

export interface NewInvoice {
  tenantId: string;
  customer: Customer;
  provider: string;
  providerRef?: string;
  status: InvoiceStatus;
  currency: string;
  lines: Line[];
  subtotal: number;
  discount: number;
  credit: number;
  total: number;
  period: { start: number; end: number };
  dueAt?: number;
}

export interface Invoices {
  /** Gives it the next number: the counter's row is held until the commit, so that no number is lost. */
  issue(trx: Transaction, invoice: NewInvoice): Promise<InvoiceRow>;
  markPaid(trx: Transaction, invoice: InvoiceRow): Promise<void>;
  /** Open invoices of a tenant that will not be paid any more; gives their integer keys. */
  closeOpen(trx: Transaction, tenantId: string, as: 'void' | 'uncollectible'): Promise<number[]>;
  /** So many of the tenant, newest first. */
  latest(tenantId: string, count: number): Promise<InvoiceRow[]>;
  /** Of the tenant; of anybody with null. Throws `invoice_not_found`. */
  find(tenantId: string | null, number: string): Promise<InvoiceRow>;
}

const InvoiceMail = Type.Object({ number: Type.String() });
const FOLDER = new URL('../mail-templates/', import.meta.url);

export function createInvoices(
  services: Services & Pick<AuthServices, 'operatorTenant'> & { config: BillingConfig },
): Invoices {
  const { db, clock, events, jobs, config, operatorTenant } = services;
  return { issue, markPaid, closeOpen, latest, find };

  async function issue(trx: Transaction, invoice: NewInvoice): Promise<InvoiceRow> {
    const now = clock.now();
    const { address, taxId } = config.company;
    const name = await sellerName(trx, config, { operatorTenant });
    const [row] = await trx('billing_invoices')
      .insert({
        number: numberText(await nextNumber(trx)),
        tenant_id: invoice.tenantId,
        provider: invoice.provider,
        provider_ref: invoice.providerRef ?? null,
        status: invoice.status,
        currency: invoice.currency,
        subtotal: invoice.subtotal,
        discount: invoice.discount,
        credit: invoice.credit,
        total: invoice.total,
        lines: JSON.stringify(invoice.lines),
        issuer: JSON.stringify({ name, address, taxId }),
        customer: JSON.stringify(invoice.customer),
        period_start: invoice.period.start,
        period_end: invoice.period.end,
        created_at: now,
        due_at: invoice.dueAt ?? now,
        paid_at: invoice.status === 'paid' ? now : null,
      })
      .returning('*');
    if (!row) throw new Error('The invoice was not stored');
    if (row.status === 'paid') await announce(trx, 'invoice.paid', row);
    else if (row.status === 'open') await jobs.enqueue(trx, 'billing.sendInvoiceMail', { number: row.number });
    return row;
  }

  async function nextNumber(trx: Transaction): Promise<number> {
    const counted = rowsOf<{ value: number }>(
      await trx.raw(
        `insert into billing_counters (name, value) values ('invoice', 1)
         on conflict (name) do update set value = billing_counters.value + 1 returning value`,
      ),
    );
    return Number(counted[0]?.value);
  }

  async function markPaid(trx: Transaction, invoice: InvoiceRow): Promise<void> {
    await trx('billing_invoices').where({ id: invoice.id }).update({ status: 'paid', paid_at: clock.now() });
    await announce(trx, 'invoice.paid', invoice);
  }

  async function closeOpen(trx: Transaction, tenantId: string, as: 'void' | 'uncollectible'): Promise<number[]> {
    const open = await trx('billing_invoices').where({ tenant_id: tenantId, status: 'open' });
    for (const invoice of open) {
      await trx('billing_invoices').where({ id: invoice.id }).update({ status: as });
      if (as === 'uncollectible') await announce(trx, 'invoice.failed', invoice);
    }
    return open.map(({ id }) => id);
  }

  async function announce(trx: Transaction, type: 'invoice.paid' | 'invoice.failed', row: InvoiceRow): Promise<void> {
    const { tenant_id, number, total, currency } = row;
    await events.emit(
      trx,
      type,
      { tenant_id, number, total: Number(total), currency },
      { tenantId: tenant_id, subject: number },
    );
  }

  async function latest(tenantId: string, count: number): Promise<InvoiceRow[]> {
    return db.read('billing_invoices').where({ tenant_id: tenantId }).orderBy('id', 'desc').limit(count);
  }

  async function find(tenantId: string | null, number: string): Promise<InvoiceRow> {
    const query = db.read('billing_invoices').where({ number });
    if (tenantId !== null) query.where({ tenant_id: tenantId });
    const row = await query.first();
    if (!row) throw billingErrors.invoice_not_found();
    return row;
  }
}

export const sendInvoiceMail = defineJob({
  name: 'billing.sendInvoiceMail',
  summary: 'Tells the owner of a tenant that an invoice is to be paid',
  payload: InvoiceMail,
  async run(
    { number },
    { id },
    { db, mailer, mailTemplates, billingConfig }: Services & { billingConfig: BillingConfig },
  ) {
    const row = await db.read('billing_invoices').where({ number, status: 'open' }).first();
    const { email } = JSON.parse(row?.customer ?? '{}');
    if (!row || typeof email !== 'string') return;
    const mail = mailTemplates.render(FOLDER, 'invoice', {
      number,
      total: moneyText(Number(row.total), row.currency),
      due: isoSeconds(Number(row.due_at)).slice(0, 10),
      instructions: billingConfig.manual.instructions,
    });
    await mailer.send({ to: email, ...mail, idempotencyKey: `billing.sendInvoiceMail/${id}` });
  },
});

const numberText = (value: number): string => `INV-${String(value).padStart(6, '0')}`;
