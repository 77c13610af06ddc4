/** How invoices look on the wire: money in the major unit. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { majorUnits } from '../../money.ts';
import { TextOrNull } from '../../views.ts';
import { INVOICE_STATUSES, type InvoiceRow } from '../tables.ts';

const Line = Type.Object({ description: Type.String(), amount: Type.Number() });
const Issuer = Type.Object({ name: Type.String(), address: Type.String(), taxId: Type.String() });
const CustomerSchema = Type.Object({ name: Type.String(), email: TextOrNull });
export const InvoiceView = Type.Object({
  number: Type.String(),
  status: Type.Enum([...INVOICE_STATUSES]),
  currency: Type.String(),
  subtotal: Type.Number(),
  discount: Type.Number(),
  credit: Type.Number(),
  total: Type.Number(),
  refunded: Type.Number({ description: 'How much of it went back' }),
  lines: Type.Array(Line),
  issuer: Issuer,
  customer: CustomerSchema,
  period_start: Type.String(),
  period_end: Type.String(),
  created_at: Type.String(),
  due_at: Type.String(),
  paid_at: TextOrNull,
});
export type InvoiceView = Static<typeof InvoiceView>;

export function invoiceView(row: InvoiceRow): InvoiceView {
  const money = (minor: number): number => majorUnits(Number(minor), row.currency);
  const lines: Static<typeof Line>[] = JSON.parse(row.lines);
  return {
    number: row.number,
    status: row.status,
    currency: row.currency,
    subtotal: money(row.subtotal),
    discount: money(row.discount),
    credit: money(row.credit),
    total: money(row.total),
    refunded: money(row.refunded),
    lines: lines.map(({ description, amount }) => ({ description, amount: money(amount) })),
    issuer: JSON.parse(row.issuer),
    customer: JSON.parse(row.customer),
    period_start: isoSeconds(Number(row.period_start)),
    period_end: isoSeconds(Number(row.period_end)),
    created_at: isoSeconds(Number(row.created_at)),
    due_at: isoSeconds(Number(row.due_at)),
    paid_at: isoSeconds(row.paid_at),
  };
}
