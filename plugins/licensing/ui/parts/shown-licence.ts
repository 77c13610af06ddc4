/** One licence as its page has it, and how it is read again after a change. */
import { useQueryClient } from '@tanstack/react-query';
import type { AnswerOf } from 'patchbay-platform/ui';
import { type LICENCE, LICENCES } from './choices.ts';

export type ShownLicence = AnswerOf<typeof LICENCE>;

/** Everything that shows licences is read again. */
export function useReadLicencesAgain(): () => Promise<unknown> {
  const client = useQueryClient();
  return () =>
    client.invalidateQueries({
      predicate: ({ queryKey: [, path] }) =>
        typeof path === 'string' && (path.startsWith(LICENCES) || path === '/api/admin/stats'),
    });
}
