/**
 * How long people wait for an answer: from the first message that nobody has answered to the first that was sent to them,
 * or to their group. Table: robots_conversations.
 */

import { rowsOf, valuesTable } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';
import type { CommandHooks } from '../commands/hooks.ts';
import type { CommandRow } from '../commands/tables.ts';
import { type Figure, figure } from '../counts.ts';

export interface ResponseTimes {
  /** These messages have been sent: gives the figures of the waits that they end, and ends them. */
  answered(trx: Transaction, sent: readonly SentMessage[], now: number): Promise<Figure[]>;
}

type SentMessage = Pick<CommandRow, 'robot' | 'recipient'>;
interface Wait {
  id: number;
  robot: number;
  waiting_since: number;
}

export function createResponseTimes({ commandHooks }: { commandHooks: CommandHooks }): ResponseTimes {
  commandHooks.messagesSent.add(answered);
  return { answered };

  async function answered(trx: Transaction, sent: readonly SentMessage[], now: number): Promise<Figure[]> {
    const pairs = sent.flatMap(({ robot, recipient }) =>
      recipient.split('\n').map((name): [number, string] => [robot, name]),
    );
    const waits = new Map((await waitsOf(trx, pairs)).map((wait) => [wait.id, wait]));
    if (waits.size === 0) return [];
    const ids = [...waits.keys()].sort((one, other) => one - other);
    await trx('robots_conversations').whereIn('id', ids).update({ waiting_since: null });
    return [...waits.values()].flatMap(({ robot, waiting_since }) => [
      figure(robot, now, 'answers'),
      figure(robot, now, 'answer_ms', Math.max(0, now - waiting_since)),
    ]);
  }
}

/** A name is a person's or a group's: two questions, each answered by an index. */
async function waitsOf(trx: Transaction, pairs: readonly [number, string][]): Promise<Wait[]> {
  if (pairs.length === 0) return [];
  const given = valuesTable(trx, 2, pairs);
  const waits = ["own.group_name = '' and own.person = given.column2", 'own.group_name = given.column2'].map(
    (match) => `
      select own.id, own.robot, own.waiting_since from ${given.sql} as given cross join robots_conversations own
       where own.robot = cast(given.column1 as bigint) and ${match} and own.waiting_since is not null`,
  );
  return rowsOf<Wait>(await trx.raw(waits.join(' union all '), [...given.bindings, ...given.bindings]));
}
