/** What has become of the commands of broadcasts, in the transaction that records it. Table: robots_broadcast_recipients. */
import type { Services, Transaction } from '#core/plugin.ts';
import type { CommandRow } from '../tables.ts';
import type { BroadcastProgress } from './progress.ts';
import type { RecipientRow } from './tables.ts';

/** A command that has its result. */
export interface EndedCommand extends Pick<CommandRow, 'command_id' | 'status'> {
  outcome: { errorCode: number; errorReason: string; failList: readonly string[] };
}

export interface BroadcastOutcomes {
  /** Those of other commands are passed over. */
  note(trx: Transaction, ended: readonly EndedCommand[]): Promise<void>;
}

const LONGEST_REASON = 200;

export function createBroadcastOutcomes({
  clock,
  broadcastProgress,
}: Services & { broadcastProgress: BroadcastProgress }): BroadcastOutcomes {
  return {
    async note(trx, ended) {
      const byCommand = new Map(ended.map((one) => [one.command_id, one]));
      const sent = () =>
        trx('robots_broadcast_recipients')
          .whereIn('command_id', [...byCommand.keys()])
          .where({ state: 'sent' });
      const broadcasts = new Set(await sent().pluck('broadcast'));
      // As whoever takes recipients out does, who is counted once then.
      await trx('robots_broadcasts')
        .whereIn('id', [...broadcasts])
        .orderBy('id')
        .forUpdate()
        .select('id');
      const rows = await sent();
      for (const [broadcast, own] of Map.groupBy(rows, (row) => row.broadcast)) {
        const failed = own.flatMap((row) => failureOf(row, byCommand.get(row.command_id ?? '')) ?? []);
        const failures = new Set(failed.map(({ id }) => id));
        const done = own.filter(({ id }) => !failures.has(id)).map(({ id }) => id);
        const changed_at = clock.now();
        if (done.length > 0)
          await trx('robots_broadcast_recipients').whereIn('id', done).update({ state: 'succeeded', changed_at });
        for (const { id, reason } of failed)
          await trx('robots_broadcast_recipients').where({ id }).update({ state: 'failed', reason, changed_at });
        const counts = { sent: -own.length, succeeded: done.length, failed: failed.length };
        await broadcastProgress.count(trx, broadcast, counts);
      }
    },
  };
}

function failureOf(row: RecipientRow, ended: EndedCommand | undefined): { id: number; reason: string } | null {
  if (!ended || (ended.status === 'succeeded' && !ended.outcome.failList.includes(row.name))) return null;
  const { errorReason, errorCode } = ended.outcome;
  return { id: row.id, reason: (errorReason || String(errorCode)).slice(0, LONGEST_REASON) };
}
