/** Activation codes as pages read them. */
import { useQueryClient } from '@tanstack/react-query';
import type { RowOf } from 'patchbay-platform/ui';

export const CODES = '/api/platform/robots/codes';
export const CODE_STATES = ['unused', 'used', 'disabled', 'expired'] as const;
export type Code = RowOf<typeof CODES>;

export function useReadCodesAgain(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['get', CODES] });
}
