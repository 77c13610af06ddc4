/** The states of a broadcast, of each of its recipients and of a scheduled message, and the only ways from one to another. */
import { createStateMover, type StateMoves } from '#core/kit.ts';
import type { BroadcastState, RecipientState, ScheduleState } from './tables.ts';

export const BROADCAST_MOVES = {
  make: { from: ['new'], to: ['draft'], by: 'a person, or a workflow', within: '', notifies: '' },
  start: {
    from: ['draft'],
    to: ['running'],
    by: 'who may see it and its robots',
    within: 'the job that freezes the audience',
    notifies: '`broadcast.changed`',
  },
  pause: {
    from: ['running'],
    to: ['paused'],
    by: 'who may see it; a plan that allows no more; a sender who may not any more',
    within: 'what no robot was told is held back by the same row',
    notifies: '`broadcast.changed`',
  },
  resume: {
    from: ['paused'],
    to: ['running'],
    by: 'who may see it and its robots',
    within: 'the next step of each robot',
    notifies: '`broadcast.changed`, robots of what was held back',
  },
  cancel: {
    from: ['draft', 'running', 'paused'],
    to: ['cancelled'],
    by: 'who may see it',
    within: 'the job that skips and takes back the rest',
    notifies: '`broadcast.changed`',
  },
  retry: {
    from: ['running', 'finished'],
    to: ['running'],
    by: 'who may see it and its robots',
    within: 'those that failed wait again, and the next step of each robot',
    notifies: '`broadcast.changed`, robots of what was held back',
  },
  retryPaused: {
    from: ['paused'],
    to: ['paused'],
    by: 'who may see it and its robots',
    within: 'those that failed wait again',
    notifies: '`broadcast.changed`',
  },
  end: {
    from: ['running', 'paused'],
    to: ['finished'],
    by: 'the last outcome',
    within: 'that outcome, and the counts',
    notifies: '`broadcast.changed`',
  },
} as const satisfies StateMoves<BroadcastState>;

export type BroadcastMove = keyof typeof BROADCAST_MOVES;
export const broadcastStates = createStateMover<BroadcastState, typeof BROADCAST_MOVES>(BROADCAST_MOVES);

export const RECIPIENT_MOVES = {
  freeze: {
    from: ['new'],
    to: ['waiting', 'skipped'],
    by: 'the start',
    within: 'how far the audience is frozen, the counts',
    notifies: '`broadcast.changed`, once a second at most',
  },
  send: {
    from: ['waiting'],
    to: ['sent'],
    by: 'the pace of the robot',
    within: 'the command, the next step, the counts',
    notifies: '`broadcast.changed`, once a second at most',
  },
  skip: {
    from: ['waiting'],
    to: ['skipped'],
    by: 'the pace of the robot, of who has refused; a broadcast that is cancelled',
    within: 'the counts',
    notifies: '`broadcast.changed`, once a second at most',
  },
  lose: {
    from: ['waiting'],
    to: ['failed'],
    by: 'a robot that is deleted',
    within: 'the next step, the counts',
    notifies: '`broadcast.changed`, once a second at most',
  },
  report: {
    from: ['sent'],
    to: ['succeeded', 'failed', 'unknown', 'waiting'],
    by: 'the end of its command: offered and never reported is `unknown`; never offered while it is paused waits again',
    within: 'the result of the command, the counts',
    notifies: '`broadcast.changed`, once a second at most',
  },
  takeBack: {
    from: ['sent'],
    to: ['skipped'],
    by: 'a broadcast that is cancelled, a contact who has refused, where no robot was told',
    within: 'the command is deleted and given back to the plan, the counts',
    notifies: '`broadcast.changed`, once a second at most',
  },
  again: {
    from: ['failed', 'unknown'],
    to: ['waiting'],
    by: 'who retries it; `unknown` when they say so',
    within: 'the counts',
    notifies: '`broadcast.changed`',
  },
} as const satisfies StateMoves<RecipientState>;

export const recipientStates = createStateMover<RecipientState, typeof RECIPIENT_MOVES>(RECIPIENT_MOVES);

export const SCHEDULE_MOVES = {
  make: { from: ['new'], to: ['active'], by: 'a person', within: '', notifies: '' },
  run: {
    from: ['active'],
    to: ['active', 'done'],
    by: 'its time: sent, or failed with the reason',
    within: 'the commands; of the last time what no robot was told is taken back',
    notifies: '',
  },
  miss: {
    from: ['active'],
    to: ['active', 'missed'],
    by: 'its time, when that is over for too long (`broadcasts.lateMinutes`)',
    within: '',
    notifies: '',
  },
  putRight: {
    from: ['active'],
    to: ['active', 'done'],
    by: 'a clock that was ahead, put right',
    within: '',
    notifies: '',
  },
  cancel: {
    from: ['active'],
    to: ['cancelled'],
    by: 'who may see it; the erasure of everybody it was for',
    within: '',
    notifies: '',
  },
} as const satisfies StateMoves<ScheduleState>;

export const scheduleStates = createStateMover<ScheduleState, typeof SCHEDULE_MOVES>(SCHEDULE_MOVES);
