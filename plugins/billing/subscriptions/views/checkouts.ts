/** How checkouts look to super-admins. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { majorUnits } from '../../money.ts';
import { CycleSchema, TextOrNull } from '../../views.ts';
import type { CheckoutRow } from '../tables.ts';

export const CheckoutView = Type.Object({
  session_id: Type.String(),
  tenant_id: Type.String(),
  provider: Type.String(),
  status: Type.Enum(['open', 'completed', 'expired']),
  billing_cycle: CycleSchema,
  amount: Type.Number(),
  currency: Type.String(),
  invoice_number: TextOrNull,
  created_at: Type.String(),
  expires_at: Type.String(),
  completed_at: TextOrNull,
});

export function checkoutView(row: CheckoutRow): Static<typeof CheckoutView> {
  return {
    session_id: row.session_id,
    tenant_id: row.tenant_id,
    provider: row.provider,
    status: row.status,
    billing_cycle: row.billing_cycle,
    amount: majorUnits(Number(row.amount), row.currency),
    currency: row.currency,
    invoice_number: row.invoice_number,
    created_at: isoSeconds(Number(row.created_at)),
    expires_at: isoSeconds(Number(row.expires_at)),
    completed_at: isoSeconds(row.completed_at),
  };
}
