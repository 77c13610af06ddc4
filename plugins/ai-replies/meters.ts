/** What plans may count of AI. */
import type { Meter } from '#core/plugin.ts';

/** Answers that were sent into a room. */
export const AI_REPLIES = 'ai_replies';
/** Calls of models, whoever wants them: answers, functions, embeddings. */
export const AI_CALLS = 'ai_calls';
export const AI_TOKENS = 'ai_tokens';

export const AI_METERS: readonly Meter[] = [
  { name: AI_REPLIES, summary: 'Answers by AI', period: 'month' },
  { name: AI_CALLS, summary: 'Calls of AI models', period: 'month' },
  { name: AI_TOKENS, summary: 'Tokens of AI models', period: 'month' },
];
