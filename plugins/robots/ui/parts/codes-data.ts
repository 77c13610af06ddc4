/** Activation codes as pages read them. */
import { useQueryClient } from '@tanstack/react-query';
import type { AnswerOf } from 'patchbay/ui';

export const CODES = '/api/admin/activation-codes';
export const CODE_STATES = ['unused', 'used', 'disabled', 'expired'] as const;
export type Code = AnswerOf<typeof CODES>['data']['list'][number];

export function useReadCodesAgain(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['get', CODES] });
}
