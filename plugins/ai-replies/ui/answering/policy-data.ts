/** Policies as pages read them. */
import type { AnswerOf } from 'patchbay-platform/ui';

export const POLICY = '/api/platform/ai/policies/{robotId}';
export type PolicyAnswer = AnswerOf<typeof POLICY>;
export type Policy = PolicyAnswer['policy'];

export interface PartProps {
  policy: Policy;
  onChange(change: Partial<Policy>): void;
  isDisabled?: boolean;
}
