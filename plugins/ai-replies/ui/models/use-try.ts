/** Trying a provider: by hand, and right after it was saved. Its place in the list shows that it is under way. */
import { useMutationState } from '@tanstack/react-query';
import { $api, isRecord } from 'patchbay-platform/ui';
import { PROVIDERS, useReadAgain } from '../parts/ai-data.ts';

const TRY = '/api/platform/ai/providers/{name}/try';

export function useTry() {
  const readAgain = useReadAgain(PROVIDERS);
  return $api.useMutation('post', TRY, { onSettled: () => readAgain() });
}

export function useIsTried(name: string): boolean {
  const tried = useMutationState({
    filters: { mutationKey: ['post', TRY], status: 'pending' },
    select: ({ state: { variables } }) => nameIn(variables),
  });
  return tried.includes(name);
}

function nameIn(variables: unknown): unknown {
  if (!isRecord(variables) || !isRecord(variables.params) || !isRecord(variables.params.path)) return undefined;
  return variables.params.path.name;
}
