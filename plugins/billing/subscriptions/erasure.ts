/** Erasure: what goes of subscriptions with a tenant, and what goes on at providers by jobs that are tried until they have succeeded. */
import type { Services, Transaction } from '#core/plugin.ts';
import { CLOSE_CHECKOUT, END_ERASED } from '../payments/jobs.ts';

export async function eraseSubscription(
  { jobs }: Pick<Services, 'jobs'>,
  trx: Transaction,
  tenant_id: string,
  since: number,
): Promise<void> {
  const gone = { tenant_id };
  const row = await trx('billing_subscriptions').where(gone).first();
  // Also of what has ended here: a provider goes on trying to take money for longer than our grace.
  if (row?.provider_ref) {
    await jobs.enqueue(trx, END_ERASED, { provider: row.provider, ref: row.provider_ref, since });
  }
  const open = await trx('billing_checkouts').where({ tenant_id, status: 'open' });
  await jobs.enqueueAll(
    trx,
    open.map(({ provider, session_id }) => ({ name: CLOSE_CHECKOUT, payload: { provider, session_id } })),
  );
  await trx('billing_subscriptions').where(gone).delete();
  await trx('billing_checkouts').where(gone).delete();
  await trx('billing_set_aside').where(gone).delete();
}
