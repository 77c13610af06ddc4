/** The states of a call of a tool, and the only ways from one to another. */
import { createStateMover, type StateMoves } from '#core/kit.ts';
import type { ToolCallState } from './tables.ts';

export const CALL_MOVES = {
  propose: {
    from: ['new'],
    to: ['waiting'],
    by: 'a model, where a person is to approve it',
    within: 'the turn is there still',
    notifies: '',
  },
  carryOut: {
    from: ['new'],
    to: ['done', 'failed'],
    by: 'a model, where nobody is asked; it reads what came of it',
    within: 'the turn is there still',
    notifies: '',
  },
  approve: {
    from: ['waiting'],
    to: ['approved'],
    by: 'a person who may do it',
    within: 'the job that carries it out',
    notifies: '',
  },
  reject: {
    from: ['waiting'],
    to: ['rejected'],
    by: 'a person who may see the robot',
    within: 'the turn begins again; where none is known, a sentence and the handover',
    notifies: '`conversation.handed_over`, where nobody answers again',
  },
  expire: {
    from: ['waiting'],
    to: ['expired'],
    by: 'time (`decisionHours`)',
    within: 'the turn ends, a sentence, the handover',
    notifies: '`conversation.handed_over`',
  },
  finish: {
    from: ['approved'],
    to: ['done', 'failed'],
    by: 'the job; a job that is gone has failed',
    within: 'the turn begins again; where none is known, a sentence and the handover',
    notifies: '`conversation.handed_over`, where nobody answers again',
  },
} as const satisfies StateMoves<ToolCallState>;

export const callStates = createStateMover<ToolCallState, typeof CALL_MOVES>(CALL_MOVES);
