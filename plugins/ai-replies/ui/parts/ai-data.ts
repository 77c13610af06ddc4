/** AI as pages read it, and reading it again after a change. */
import { useQueryClient } from '@tanstack/react-query';
import { $api, type AnswerOf, useMay } from 'patchbay-platform/ui';

export const PROVIDERS = '/api/platform/ai/providers';
export const PROVIDER = '/api/platform/ai/providers/{name}';
export const BUDGETS = '/api/platform/ai/budgets';
export const COSTS = '/api/platform/ai/costs';
export const CALLS = '/api/platform/ai/calls';
export type Provider = AnswerOf<typeof PROVIDERS>['items'][number];
export type Budget = AnswerOf<typeof BUDGETS>['items'][number];

export function useProviders() {
  return $api.useQuery('get', PROVIDERS);
}

/** Whether there is a model to ask; null while it is not known. Who may not read of models is not told that there is none. */
export function useHasModel(): boolean | null {
  const mayRead = useMay()('ai-replies.drafts');
  const { data } = $api.useQuery('get', PROVIDERS, {}, { enabled: mayRead });
  return mayRead ? ((data && data.items.length > 0) ?? null) : true;
}

/** What stands under these paths is read again. */
export function useReadAgain(...paths: readonly string[]): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await Promise.all(paths.map((path) => client.invalidateQueries({ queryKey: ['get', path] })));
  };
}
