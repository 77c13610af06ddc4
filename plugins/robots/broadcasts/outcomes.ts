/** What has become of the commands of broadcasts, in the transaction that records it. Table: robots_broadcast_recipients. */
import type { Services, Transaction } from '#core/plugin.ts';
import type { CommandHooks, EndedCommand } from '../commands/hooks.ts';
import type { BroadcastProgress, Counts } from './progress.ts';
import { type RECIPIENT_MOVES, recipientStates } from './states.ts';
import type { RecipientRow } from './tables.ts';

export interface BroadcastOutcomes {
  /** Those of other commands are passed over. */
  note(trx: Transaction, ended: readonly EndedCommand[]): Promise<void>;
}

const LONGEST_REASON = 200;

export function createBroadcastOutcomes({
  clock,
  commandHooks,
  broadcastProgress,
}: Services & { commandHooks: CommandHooks; broadcastProgress: BroadcastProgress }): BroadcastOutcomes {
  commandHooks.ended.add(async (trx, ended) => {
    const own = ended.filter(({ source }) => source === 'broadcast');
    if (own.length > 0) await note(trx, own);
  });
  return { note };

  async function note(trx: Transaction, ended: readonly EndedCommand[]): Promise<void> {
    const byCommand = new Map(ended.map((one) => [one.command_id, one]));
    const sent = () =>
      trx('robots_broadcast_recipients')
        .whereIn('command_id', [...byCommand.keys()])
        .where((rows) => void recipientStates.from(rows, 'report'));
    const broadcasts = new Set(await sent().pluck('broadcast'));
    // As whoever takes recipients out does, who is counted once then.
    const locked = await trx('robots_broadcasts')
      .whereIn('id', [...broadcasts])
      .orderBy('id')
      .forUpdate()
      .select('id', 'state');
    const states = new Map(locked.map(({ id, state }) => [id, state]));
    const rows = await sent();
    for (const [broadcast, own] of Map.groupBy(rows, (row) => row.broadcast)) {
      const isPaused = states.get(broadcast) === 'paused';
      const becomes = own.map((row) => ({
        ...becomesOf(row, byCommand.get(row.command_id ?? ''), isPaused),
        id: row.id,
      }));
      const counts: Partial<Counts> = { sent: -own.length };
      const alike = Map.groupBy(becomes, ({ state, reason }) => `${state} ${reason}`);
      for (const some of alike.values()) {
        const [first] = some;
        if (!first) continue;
        const { state, reason } = first;
        const rows = trx('robots_broadcast_recipients').whereIn(
          'id',
          some.map(({ id }) => id),
        );
        const change = { reason, changed_at: clock.now(), ...(state === 'waiting' && { command_id: null }) };
        await recipientStates.move(rows, 'report', change, state);
        if (state !== 'waiting') counts[state] = (counts[state] ?? 0) + some.length;
      }
      await broadcastProgress.count(trx, broadcast, counts);
    }
  }
}

type Becomes = Pick<RecipientRow, 'reason'> & { state: (typeof RECIPIENT_MOVES.report.to)[number] };

/** What was never offered has reached nobody; what was offered and not reported may have. */
function becomesOf({ name }: RecipientRow, ended: EndedCommand | undefined, isPaused: boolean): Becomes {
  if (!ended || (ended.status === 'succeeded' && !ended.outcome.failList.includes(name)))
    return { state: 'succeeded', reason: '' };
  const { errorReason, errorCode } = ended.outcome;
  const reason = (errorReason || String(errorCode)).slice(0, LONGEST_REASON);
  if (ended.status !== 'expired') return { state: 'failed', reason };
  if (ended.tries > 0) return { state: 'unknown', reason };
  return isPaused ? { state: 'waiting', reason: '' } : { state: 'failed', reason };
}
