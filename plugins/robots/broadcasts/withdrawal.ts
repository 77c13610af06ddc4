/**
 * Taking back what was stored for a robot and not offered yet: of a broadcast that was cancelled, and to who wants to hear no
 * more. Tables: robots_broadcast_recipients, robots_commands.
 */
import type { Knex } from 'knex';
import type { Services, Transaction } from '#core/plugin.ts';
import { whereUnoffered } from '../commands/states.ts';
import type { ConversationHooks } from '../conversations/hooks.ts';
import { refusalOf } from '../conversations/identity/consent.ts';
import { contactsOfKeys } from '../conversations/identity/known-contacts.ts';
import { ROBOT_COMMANDS } from '../meters.ts';
import type { BroadcastProgress } from './progress.ts';
import { recipientStates } from './states.ts';
import type { RecipientRow } from './tables.ts';

export interface BroadcastWithdrawal {
  /** Of a broadcast that is held locked, so many at most; gives how many. */
  ofBroadcast(trx: Transaction, broadcast: number, most: number): Promise<number>;
  /** The job: the contact wants to hear no more, and what waits for them is taken back. */
  ofContact(contact: number): Promise<void>;
}

export const LEAVE_JOB = 'robots.leaveBroadcasts';

type Stored = Pick<RecipientRow, 'id' | 'broadcast'> & { command_id: string; tenant_id: string };

export function createBroadcastWithdrawal({
  db,
  clock,
  jobs,
  usage,
  conversationHooks,
  broadcastProgress,
}: Services & { conversationHooks: ConversationHooks; broadcastProgress: BroadcastProgress }): BroadcastWithdrawal {
  conversationHooks.optedOut.add(async (trx, contact) => {
    await jobs.enqueue(trx, LEAVE_JOB, { contact }, { lane: String(contact) });
  });
  return {
    async ofBroadcast(trx, broadcast, most) {
      const stored = await storedFor(trx, (rows) => rows.where('recipient.broadcast', broadcast).limit(most));
      await takeBack(trx, stored, 'cancelled');
      return stored.length;
    },
    async ofContact(contact) {
      await db.transaction(async (trx) => {
        const keys = await trx('robots_contacts').where({ id: contact }).orWhere({ merged_into: contact }).pluck('id');
        const reason = refusalOf((await contactsOfKeys(trx, [contact])).get(contact));
        if (reason === null) return;
        const broadcasts = await trx('robots_broadcast_recipients')
          .whereIn('contact', keys)
          .where((rows) => void recipientStates.from(rows, 'takeBack'))
          .distinct('broadcast')
          .pluck('broadcast');
        // As whoever sends or records does: the broadcast before its recipients.
        await trx('robots_broadcasts').whereIn('id', broadcasts).orderBy('id').forUpdate().select('id');
        await takeBack(trx, await storedFor(trx, (rows) => rows.whereIn('recipient.contact', keys)), reason);
      });
    },
  };

  /** Whoever offers or records one at this moment keeps it. */
  async function storedFor(trx: Transaction, narrow: (rows: Knex.QueryBuilder) => void): Promise<Stored[]> {
    const rows = trx('robots_broadcast_recipients as recipient')
      .join('robots_commands as command', 'command.command_id', 'recipient.command_id')
      .where((some) => void recipientStates.from(some, 'takeBack', 'recipient.state'))
      .orderBy('command.id');
    whereUnoffered(rows, 'command');
    narrow(rows);
    if (db.client === 'pg') rows.forUpdate('command').skipLocked();
    return rows.select('recipient.id', 'recipient.broadcast', 'command.command_id', 'command.tenant_id');
  }

  async function takeBack(trx: Transaction, stored: readonly Stored[], reason: string): Promise<void> {
    if (stored.length === 0) return;
    const commands = stored.map(({ command_id }) => command_id);
    const recipients = trx('robots_broadcast_recipients').whereIn(
      'id',
      stored.map(({ id }) => id),
    );
    await recipientStates.move(recipients, 'takeBack', { reason, command_id: null, changed_at: clock.now() });
    await trx('robots_messages').whereIn('command_id', commands).delete();
    await trx('robots_commands').whereIn('command_id', commands).delete();
    for (const [tenantId, own] of Map.groupBy(stored, ({ tenant_id }) => tenant_id))
      await usage.giveBack(trx, { tenantId, meter: ROBOT_COMMANDS, amount: own.length });
    for (const [broadcast, own] of Map.groupBy(stored, (row) => row.broadcast))
      await broadcastProgress.count(trx, broadcast, { sent: -own.length, skipped: own.length });
  }
}
