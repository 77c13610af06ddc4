/**
 * Who refuses is written to no more by programs, also with what waits for a robot already. Broadcasts take back their own
 * (`broadcasts/withdrawal.ts`). Tables: robots_messages, robots_conversations.
 */
import { timeWindow } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { Results } from '../../commands/results.ts';
import type { RobotsConfig } from '../../config.ts';
import type { CommandOrigin } from '../../contract.ts';
import type { ConversationHooks } from '../hooks.ts';

export interface OptOuts {
  /** Takes back what programs have stored for a contact (its integer key), and no robot was told of. */
  takeBack(trx: Transaction, contact: number): Promise<void>;
}

/** What no person has written, and no program of the organisation has asked for by its own call. */
const PROGRAMS: readonly CommandOrigin[] = ['ai', 'callback', 'schedule', 'workflow'];

export function createOptOuts({
  clock,
  config,
  conversationHooks,
  robotResults,
}: Services & { config: RobotsConfig; conversationHooks: ConversationHooks; robotResults: Results }): OptOuts {
  conversationHooks.optedOut.add(takeBack);
  return { takeBack };

  async function takeBack(trx: Transaction, contact: number): Promise<void> {
    // No command lives for longer.
    const lately = timeWindow(clock.now(), config.commands.expireHours * 3600_000);
    const stored = await trx('robots_messages as own')
      .join('robots_commands as command', 'command.command_id', 'own.command_id')
      .whereIn('own.conversation', trx('robots_conversations').where({ contact }).select('id'))
      .where({ 'own.direction': 'out', 'command.status': 'pending', 'command.tries': 0 })
      .whereBetween('own.created_at', lately)
      .whereIn('command.source', [...PROGRAMS])
      // What is for others too still goes to them.
      .whereRaw('command.recipient not like ?', ['%\n%'])
      .distinct('command.command_id')
      .orderBy('command.command_id')
      .pluck('command.command_id');
    await robotResults.withdrawAll(trx, stored);
  }
}
