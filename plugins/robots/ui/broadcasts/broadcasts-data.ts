/** Broadcasts as pages read them. */
import type { AnswerOf, RowOf } from 'patchbay-platform/ui';

export const BROADCASTS = '/api/platform/robots/broadcasts';
export const BROADCAST = '/api/platform/robots/broadcasts/{id}';
export const STATES = ['draft', 'running', 'paused', 'finished', 'cancelled'] as const;
export const RECIPIENT_STATES = ['waiting', 'sent', 'succeeded', 'failed', 'unknown', 'skipped'] as const;
export type Broadcast = AnswerOf<typeof BROADCAST>;
export type BroadcastRow = RowOf<typeof BROADCASTS>;

/** By the words that have a colour. */
export const STATE_WORDS = {
  draft: 'draft',
  running: 'running',
  paused: 'suspended',
  finished: 'done',
  cancelled: 'revoked',
  waiting: 'waiting',
  sent: 'sent',
  succeeded: 'done',
  failed: 'failed',
  unknown: 'expired',
  skipped: 'neutral',
} as const;
