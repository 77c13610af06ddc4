/** Mail that leaves, counted against its tenant's plan: one for each recipient. Given back when it is canceled before it left. */
import type { Meter, Services, Transaction } from '#core/plugin.ts';
import { DELIVERY_MOVES } from './states.ts';

export const MAILS_SENT = 'mails_sent';

export const SENT_METER: Meter = { name: MAILS_SENT, summary: 'Mails sent, one for each recipient', period: 'month' };

/** A mail of which some deliveries are canceled. */
export interface Canceled {
  tenant_id: string | null;
  created_at: number;
  deliveries: number;
}

/** What was counted in an earlier month stays there: this one has nothing to give back for it. */
export async function giveBackSent(
  { usage, clock }: Pick<Services, 'usage' | 'clock'>,
  trx: Transaction,
  mails: readonly Canceled[],
): Promise<void> {
  const now = new Date(clock.now());
  const monthStart = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  const amounts = new Map<string, number>();
  for (const { tenant_id, created_at, deliveries } of mails) {
    if (tenant_id === null || Number(created_at) < monthStart || deliveries === 0) continue;
    amounts.set(tenant_id, (amounts.get(tenant_id) ?? 0) + deliveries);
  }
  for (const [tenantId, amount] of [...amounts].sort()) {
    await usage.giveBack(trx, { tenantId, meter: MAILS_SENT, amount });
  }
}

/** Of these mails, with how many of their deliveries still wait. */
export async function waitingOf(trx: Transaction, ids: readonly number[]): Promise<Canceled[]> {
  const rows = await trx('mail_sent')
    .join('mail_deliveries', 'mail_deliveries.sent_id', 'mail_sent.id')
    .whereIn('mail_sent.id', ids)
    .whereIn('mail_deliveries.status', [...DELIVERY_MOVES.cancel.from])
    .groupBy('mail_sent.id', 'mail_sent.tenant_id', 'mail_sent.created_at')
    .select('mail_sent.tenant_id', 'mail_sent.created_at')
    .count({ deliveries: '*' });
  return rows.map(({ tenant_id, created_at, deliveries }) => ({
    tenant_id,
    created_at,
    deliveries: Number(deliveries),
  }));
}
