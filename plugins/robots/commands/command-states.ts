/**
 * The states of a command, and the only ways from one to another: whoever moves commands narrows to where a move begins, and says
 * where it ends, by this table.
 */

import type { Knex } from 'knex';
import type { CommandStatus } from './tables.ts';

export const COMMAND_MOVES = {
  /** It goes to the robot, for the first time or once more. */
  offer: { from: ['pending', 'dispatched'], to: ['dispatched'] },
  /** It was claimed, and the socket that it was to go over is gone: nobody was told of it. */
  giveBack: { from: ['dispatched'], to: ['pending'] },
  /** The network of a channel wants it later. */
  putOff: { from: ['dispatched'], to: ['pending'] },
  /** It failed, and may be tried again. */
  retry: { from: ['pending', 'dispatched'], to: ['pending'] },
  /** It has its outcome. */
  finish: { from: ['pending', 'dispatched'], to: ['succeeded', 'failed', 'expired'] },
  /** It is taken back before anybody was offered it: it has failed, or is gone. */
  withdraw: { from: ['pending'], to: ['failed'] },
} as const satisfies Record<string, { from: readonly CommandStatus[]; to: readonly CommandStatus[] }>;

export type CommandMove = keyof typeof COMMAND_MOVES;

/** Whether this move may begin from there. */
export function mayMove(move: CommandMove, status: CommandStatus): boolean {
  return (COMMAND_MOVES[move].from as readonly CommandStatus[]).includes(status);
}

/** Commands that can be taken back: no robot was told of them. */
export function whereUnoffered(rows: Knex.QueryBuilder, table = 'robots_commands'): void {
  rows.whereIn(`${table}.status`, [...COMMAND_MOVES.withdraw.from]).where(`${table}.tries`, 0);
}

export function isUnoffered({ status, tries }: { status: CommandStatus; tries: number }): boolean {
  return mayMove('withdraw', status) && tries === 0;
}
