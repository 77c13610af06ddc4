/**
 * The states that a command has, and the only ways from one to another: whoever moves commands narrows to where a move begins, and says
 * where it ends, by this table.
 */

import type { Knex } from 'knex';
import { createStateMover, type StateMoves } from '#core/kit.ts';
import type { CommandStatus } from './tables.ts';

export const COMMAND_MOVES = {
  send: {
    from: ['new'],
    to: ['pending', 'dispatched'],
    by: 'whoever may send through the robot; to `dispatched` over the socket that is open, where nothing else waits',
    within: 'what asks for it: an answer, a recipient, a schedule; the messages that are shown',
    notifies: 'the process that has the robot',
  },
  /** It goes to the robot, for the first time or once more. */
  offer: {
    from: ['pending', 'dispatched'],
    to: ['dispatched'],
    by: 'a socket, a poll, a channel; in order for each recipient, and nothing of a broadcast to who has refused',
    within: 'over which way it went, and when',
    notifies: '',
  },
  /** It was claimed, and the socket that it was to go over is gone: nobody was told of it. */
  giveBack: {
    from: ['dispatched'],
    to: ['pending'],
    by: 'a socket that closed meanwhile',
    within: '',
    notifies: 'the process that has the robot',
  },
  /** The network of a channel wants it later. */
  putOff: {
    from: ['dispatched'],
    to: ['pending'],
    by: 'a channel whose network wants it later',
    within: '',
    notifies: '',
  },
  /** It failed, and may be tried again. */
  retry: {
    from: ['pending', 'dispatched'],
    to: ['pending'],
    by: 'a failure that has reached nobody, while tries are left',
    within: '',
    notifies: '',
  },
  /** It has its outcome. */
  finish: {
    from: ['pending', 'dispatched'],
    to: ['succeeded', 'failed', 'expired'],
    by: 'the robot, or time',
    within:
      'the recipient of a broadcast, figures; where an answer of a model never arrived, that its conversation waits for people',
    notifies: '`robot.command.finished`, `conversation.handed_over`',
  },
  /** It is taken back before anybody was offered it: it has failed, or is gone. */
  withdraw: {
    from: ['pending'],
    to: ['failed'],
    by: 'a person; a broadcast or a schedule, which deletes it',
    within: 'the recipient of a broadcast, what the plan counts',
    notifies: '`robot.command.finished`',
  },
} as const satisfies StateMoves<CommandStatus>;

export type CommandMove = keyof typeof COMMAND_MOVES;

const commandStates = createStateMover<CommandStatus, typeof COMMAND_MOVES>(COMMAND_MOVES, 'status');

/** Whether this move may begin from there. */
export const mayMove = commandStates.may;

/** Commands that can be taken back: no robot was told of them. */
export function whereUnoffered(rows: Knex.QueryBuilder, table = 'robots_commands'): void {
  rows.whereIn(`${table}.status`, [...COMMAND_MOVES.withdraw.from]).where(`${table}.tries`, 0);
}

export function isUnoffered({ status, tries }: { status: CommandStatus; tries: number }): boolean {
  return mayMove('withdraw', status) && tries === 0;
}
