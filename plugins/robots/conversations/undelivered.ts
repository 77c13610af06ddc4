/**
 * An answer that a program gave and that never arrived is no answer: a person is told, in the transaction that records what became of
 * it. Tables: robots_messages, robots_conversations.
 */
import type { Services, Transaction } from '#core/plugin.ts';
import type { CommandHooks, EndedCommand } from '../commands/hooks.ts';

import type { Handover } from './handover.ts';

export interface Undelivered {
  /** Those of these that a model has said, and that have failed. */
  handOver(trx: Transaction, ended: readonly EndedCommand[]): Promise<void>;
}

export function createUndelivered({
  commandHooks,
  handover,
}: Services & { commandHooks: CommandHooks; handover: Handover }): Undelivered {
  commandHooks.ended.add(handOver);
  return { handOver };

  async function handOver(trx: Transaction, ended: readonly EndedCommand[]): Promise<void> {
    const lost = ended.filter(isLost).map(({ command_id }) => command_id);
    if (lost.length === 0) return;
    const said = await trx('robots_messages as own')
      .whereIn('own.command_id', lost)
      // Who has been answered by a person since misses nothing.
      .whereNotExists((since) =>
        since
          .from('robots_messages as later')
          .whereRaw('later.conversation = own.conversation and later.id > own.id')
          .whereIn('later.author', ['person', 'phone'])
          .select(trx.raw('1')),
      )
      .distinct('own.conversation')
      .orderBy('own.conversation');
    for (const { conversation } of said) await handover.neverArrived(trx, conversation);
  }
}

/** What a person has taken back was not meant to arrive. */
function isLost({ source, status, outcome }: EndedCommand): boolean {
  return source === 'ai' && status !== 'succeeded' && outcome.errorReason !== 'withdrawn';
}
