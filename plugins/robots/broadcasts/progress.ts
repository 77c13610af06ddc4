/** How far a broadcast is: counted in the transactions that bring it on, announced once a second at most, and its end. */
import type { Services, Transaction } from '#core/plugin.ts';
import { broadcastStates } from './states.ts';
import type { BroadcastRow } from './tables.ts';

export type Counts = Pick<BroadcastRow, 'total' | 'sent' | 'succeeded' | 'failed' | 'unknown' | 'skipped'>;

export interface BroadcastProgress {
  /** Adds to its counts, and ends it when every recipient has had its outcome. */
  count(trx: Transaction, broadcast: number, added: Partial<Counts>): Promise<void>;
  /** Tells those who watch, whenever it was last told. */
  announce(trx: Transaction, row: BroadcastRow): Promise<void>;
}

const TOLD_EVERY_MS = 1_000;

/** Recipients whose turn is still to come. `sent` are those on their way. */
export function waitingOf({ total, sent, succeeded, failed, unknown, skipped }: Counts): number {
  return total - sent - succeeded - failed - unknown - skipped;
}

export function createBroadcastProgress({ clock, events }: Services): BroadcastProgress {
  return { count, announce };

  async function count(trx: Transaction, broadcast: number, added: Partial<Counts>): Promise<void> {
    const [row] = await trx('robots_broadcasts')
      .where({ id: broadcast })
      .update(Object.fromEntries(Object.entries(added).map(([name, by]) => [name, trx.raw('?? + ?', [name, by])])))
      .returning('*');
    if (!row) return;
    if (isOver(row)) return end(trx, row);
    // In either direction: a clock may have been put back.
    if (Math.abs(clock.now() - row.told_at) >= TOLD_EVERY_MS) await announce(trx, row);
  }

  async function end(trx: Transaction, { id }: BroadcastRow): Promise<void> {
    const now = clock.now();
    const [ended]: BroadcastRow[] = await broadcastStates
      .from(trx('robots_broadcasts').where({ id }), 'end')
      .update(broadcastStates.change('end', { reason: '', ended_at: now, updated_at: now }))
      .returning('*');
    if (ended) await announce(trx, ended);
  }

  async function announce(trx: Transaction, row: BroadcastRow): Promise<void> {
    const { id, uuid, tenant_id: tenantId, state, reason, total, sent, succeeded, failed, unknown, skipped } = row;
    await trx('robots_broadcasts').where({ id }).update({ told_at: clock.now() });
    await events.emit(
      trx,
      'broadcast.changed',
      {
        broadcast_id: uuid,
        state,
        reason,
        total,
        waiting: waitingOf(row),
        sent,
        succeeded,
        failed,
        unknown,
        skipped,
      },
      { tenantId, subject: uuid },
    );
  }
}

function isOver(row: BroadcastRow): boolean {
  if (row.frozen_at === null || !broadcastStates.may('end', row.state)) return false;
  return row.sent === 0 && waitingOf(row) === 0;
}
