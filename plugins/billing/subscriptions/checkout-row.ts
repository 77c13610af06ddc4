/** The row of a checkout, for whoever asks by its session. Table: billing_checkouts. */
import type { Database } from '#core/plugin.ts';
import { billingErrors } from '../errors.ts';
import type { CheckoutRow } from './tables.ts';

/** Throws `checkout_not_found`. */
export async function checkoutOf(db: Database, sessionId: string): Promise<CheckoutRow> {
  const row = await db.read('billing_checkouts').where({ session_id: sessionId }).first();
  if (!row) throw billingErrors.checkout_not_found();
  return row;
}
