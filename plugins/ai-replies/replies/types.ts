/** What the parts of replies say to each other. */
import type { SpokenConversation, SpokenMessage } from '#plugins/robots/contract.ts';
import type { TenantRules } from '../tenant-rules.ts';
import type { TrialWish } from '../tools/types.ts';
import type { Policy } from './policy.ts';

/** Where an answer comes from. */
export interface Source {
  /** Id of the passage. */
  id: string;
  document_id: string;
  document: string;
  headings: readonly string[];
  page: number | null;
  offset: number;
}

/** What a model has been asked, with what it has cost. */
export interface Asked {
  provider: string;
  model: string;
  micros: number;
  inputTokens: number;
  outputTokens: number;
}

/** What is to be answered, and by what it is decided how. */
export interface AnswerWish {
  spoken: SpokenConversation;
  /** The newest messages, which are to be answered. */
  pending: readonly SpokenMessage[];
  policy: Policy;
  rules: TenantRules;
  /** It is tried out: what the model calls is noted, and nothing is called. */
  trial?: TrialWish;
  /** The workflow that asks: `namespace/name`. */
  workflow?: string | null;
  signal: AbortSignal;
}

/** What has come of it. */
export interface Made {
  action: 'reply' | 'handover' | 'silent' | 'held';
  /** Why, when it is no answer of a model or of a person; '' otherwise. */
  reason: string;
  /** What is said: the answer, or the sentence that goes with a handover; '' for nothing. */
  text: string;
  /** Whether it is a sentence that was written beforehand, which nobody has to approve. */
  isFixed: boolean;
  sources: readonly Source[];
  /** Id of the approved answer that it is. */
  approved: string | null;
  asked: Asked | null;
  promptHash: string;
}

/** Texts of messages, one beneath the other. */
export function saidIn(messages: readonly SpokenMessage[]): string {
  return messages
    .map(({ text }) => text)
    .filter((text) => text.trim() !== '')
    .join('\n');
}
