/** The services of replies by name. */
import type { Answering } from './answering.ts';
import type { Drafts } from './drafts.ts';
import type { ReplyErasure } from './erasure.ts';
import type { ReplyLimits } from './limits.ts';
import type { Outcomes } from './outcomes.ts';
import type { Overdue } from './overdue.ts';
import type { Trials } from './playground.ts';
import type { Policies } from './policies.ts';
import type { Replier } from './replier.ts';
import type { RunningAnswers } from './running.ts';
import type { TextAnswers } from './texts.ts';
import type { Turns } from './turns.ts';

export interface RepliesOwn {
  answering: Answering;
  drafts: Drafts;
  outcomes: Outcomes;
  overdue: Overdue;
  policies: Policies;
  replier: Replier;
  replyErasure: ReplyErasure;
  replyLimits: ReplyLimits;
  runningAnswers: RunningAnswers;
  trials: Trials;
  turns: Turns;
  textAnswers: TextAnswers;
}
