/** Canceling scheduled mail from an address that is somebody else's by then. Tables: mail_sent, mail_deliveries. */
import type { Services, Transaction } from '#core/plugin.ts';
import type { ScheduledMail } from '../mailboxes/handover.ts';
import { giveBackSent, waitingOf } from './sent-meter.ts';
import { DELIVERY_MOVES, SENT_MOVES } from './states.ts';

export async function cancelScheduled(
  services: Pick<Services, 'usage' | 'clock'>,
  trx: Transaction,
  { address, except }: ScheduledMail,
): Promise<void> {
  const later = await trx('mail_sent')
    .where({ from_addr: address })
    .whereIn('status', [...SENT_MOVES.cancelScheduled.from])
    // Held before anything is given back: whoever cancels one of them at this moment gives back the same.
    .orderBy('id')
    .forUpdate()
    .select('id', 'user_id', 'tenant_id');
  const isKept = (row: (typeof later)[number]): boolean =>
    except !== undefined && row.user_id === except.userId && row.tenant_id === except.tenantId;
  const ids = later.filter((row) => !isKept(row)).map(({ id }) => id);
  if (ids.length === 0) return;
  await giveBackSent(services, trx, await waitingOf(trx, ids));
  const canceled = { status: 'canceled' as const, updated_at: services.clock.now() };
  await trx('mail_sent')
    .whereIn('id', ids)
    .whereIn('status', [...SENT_MOVES.cancelScheduled.from])
    .update(canceled);
  await trx('mail_deliveries')
    .whereIn('sent_id', ids)
    .whereIn('status', [...DELIVERY_MOVES.cancel.from])
    .update(canceled);
}
