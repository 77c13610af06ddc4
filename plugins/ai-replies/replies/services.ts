/** How the services of replies are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { KnowledgeOwn } from '../knowledge/services.ts';
import type { ModelsOwn } from '../models/services.ts';
import type { AiGround } from '../services.ts';
import type { ToolsOwn } from '../tools/services.ts';
import { createAnswering } from './answering.ts';
import { createAssistantSessions } from './assistant-sessions.ts';
import { createDrafts } from './drafts.ts';
import { createReplyErasure } from './erasure.ts';
import { createReplyLimits } from './limits.ts';
import { createOutcomes } from './outcomes.ts';
import { createOverdue } from './overdue.ts';
import { createTrials } from './playground.ts';
import { createPolicies } from './policies.ts';
import { createReplier } from './replier.ts';
import { createRunningAnswers } from './running.ts';
import { createSuggestions } from './suggestions.ts';
import { createTextAnswers } from './texts.ts';
import { createTurns } from './turns.ts';

export const replyServices = {
  assistantSessions: createAssistantSessions,
  answering: createAnswering,
  drafts: createDrafts,
  outcomes: createOutcomes,
  overdue: createOverdue,
  policies: createPolicies,
  replier: createReplier,
  replyErasure: createReplyErasure,
  replyLimits: createReplyLimits,
  runningAnswers: createRunningAnswers,
  suggestions: createSuggestions,
  trials: createTrials,
  turns: createTurns,
  textAnswers: createTextAnswers,
};

export interface RepliesOwn extends ServicesOf<typeof replyServices> {}

/** What this part sees. */
export interface RepliesScope extends AiGround, ModelsOwn, KnowledgeOwn, ToolsOwn, RepliesOwn {}
