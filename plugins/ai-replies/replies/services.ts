/** How the services of replies are made. */
import type { FactoriesOf } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../config.ts';
import type { AiScope } from '../scope.ts';
import { createAnswering } from './answering.ts';
import { createDrafts } from './drafts.ts';
import { createReplyErasure } from './erasure.ts';
import { createReplyLimits } from './limits.ts';
import { createOutcomes } from './outcomes.ts';
import { createOverdue } from './overdue.ts';
import type { RepliesOwn } from './own.ts';
import { createTrials } from './playground.ts';
import { createPolicies } from './policies.ts';
import { createReplier } from './replier.ts';
import { createRunningAnswers } from './running.ts';
import { createTextAnswers } from './texts.ts';
import { createTurns } from './turns.ts';

export const replyServices = {
  answering: createAnswering,
  drafts: createDrafts,
  outcomes: createOutcomes,
  overdue: createOverdue,
  policies: createPolicies,
  replier: createReplier,
  replyErasure: createReplyErasure,
  replyLimits: createReplyLimits,
  runningAnswers: createRunningAnswers,
  trials: createTrials,
  turns: createTurns,
  textAnswers: createTextAnswers,
} satisfies FactoriesOf<RepliesOwn, AiScope & { config: AiRepliesConfig }>;
