/** The states of the turn of a conversation and of what was decided in it, drafts among that, and the only ways from one to another. */
import { createStateMover, type StateMoves } from '#core/kit.ts';
import type { ReplyState, TurnState } from './tables.ts';

export const TURN_MOVES = {
  hear: {
    from: ['new', 'idle', 'waiting', 'ready'],
    to: ['waiting'],
    by: 'a message of the contact',
    within: 'its timer; what was made is withdrawn',
    notifies: 'processes that make an answer, to give it up',
  },
  again: {
    from: ['idle', 'waiting', 'ready'],
    to: ['waiting'],
    by: 'a call of a tool that has ended',
    within: 'the outcome of the call, the timer; what was made without it is withdrawn',
    notifies: 'processes that make an answer, to give it up',
  },
  postpone: {
    from: ['waiting'],
    to: ['waiting'],
    by: 'a cool-down, a suspended tenant, a try that failed',
    within: 'the timer',
    notifies: '',
  },
  keep: {
    from: ['waiting'],
    to: ['ready'],
    by: 'an answer whose time has not come',
    within: 'the answer, and its timer',
    notifies: '',
  },
  settle: {
    from: ['waiting'],
    to: ['idle'],
    by: 'an answer, a draft, a handover, or that there is none',
    within: 'the reply, what is said, the handover',
    notifies: '`ai.reply.generated`, `ai.reply.held`, `conversation.handed_over`',
  },
  release: {
    from: ['ready'],
    to: ['idle'],
    by: 'the time of an answer; one that cannot be sent goes to a person',
    within: 'the reply, what is said, the handover',
    notifies: '`ai.reply.generated`, `ai.reply.held`, `conversation.handed_over`',
  },
  end: {
    from: ['idle', 'waiting', 'ready'],
    to: ['idle'],
    by: 'a person who answers or takes over, a conversation that is closed, a loop, a call that nobody decides on',
    within: 'what was made is withdrawn',
    notifies: 'processes that make an answer, to give it up',
  },
} as const satisfies StateMoves<TurnState>;

export const turnStates = createStateMover<TurnState, typeof TURN_MOVES>(TURN_MOVES);

export const REPLY_MOVES = {
  make: {
    from: ['new'],
    to: ['ready', 'draft', 'sent', 'held', 'silent', 'withdrawn'],
    by: 'a model, an assistant, an approved answer, or a rule by which there is none',
    within: 'its turn, what is said, the handover; of a conversation that a person has taken meanwhile it is withdrawn',
    notifies: '`ai.reply.generated` of what is sent and of a draft, `ai.reply.held`',
  },
  send: {
    from: ['ready', 'draft'],
    to: ['sent'],
    by: 'its time; of a draft, a person who may see the robot',
    within: 'its turn, what is said, what the plan counts',
    notifies: '`ai.reply.generated`',
  },
  take: {
    from: ['ready', 'draft'],
    to: ['withdrawn'],
    by: 'sending, where a person has the conversation or the contact has refused',
    within: 'its turn',
    notifies: '',
  },
  withdraw: {
    from: ['ready', 'draft'],
    to: ['withdrawn'],
    by: 'whatever begins the turn anew or ends it',
    within: 'its turn',
    notifies: '',
  },
  reject: {
    from: ['draft'],
    to: ['rejected'],
    by: 'a person who may see the robot',
    within: '',
    notifies: '`ai.reply.rejected`',
  },
  hold: {
    from: ['ready'],
    to: ['held'],
    by: 'sending, where the plan allows no more',
    within: 'its turn',
    notifies: '`ai.reply.held`, once a day',
  },
  giveUp: {
    from: ['ready'],
    to: ['held'],
    by: 'a timer that is gone, or has failed for the last time',
    within: 'its turn, a sentence, the handover',
    notifies: '`ai.reply.held`, `conversation.handed_over`',
  },
} as const satisfies StateMoves<ReplyState>;

export const replyStates = createStateMover<ReplyState, typeof REPLY_MOVES>(REPLY_MOVES);
