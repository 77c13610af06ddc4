/** Erasure: what goes of payments with a tenant. Invoices stay, as the law asks, without a name on them. */
import type { Transaction } from '#core/plugin.ts';
import { NOBODY } from './customers.ts';

export async function erasePayments(trx: Transaction, tenant_id: string): Promise<void> {
  await trx('billing_redemptions').where({ tenant_id }).delete();
  await trx('billing_invoices')
    .where({ tenant_id })
    .update({ customer: JSON.stringify(NOBODY) });
}
