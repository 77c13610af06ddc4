/** Writing about workflows: what was changed is read anew, and a refusal says why. */
import { useQueryClient } from '@tanstack/react-query';
import { ApiError, api, ifVersion, notifyFailed } from 'patchbay-platform/ui';
import { useCallback } from 'react';

export interface Address {
  namespace: string;
  name: string;
}

const WORKFLOWS = '/api/platform/workflows';

/** Reads everything about workflows again. */
export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return useCallback(
    () =>
      client.invalidateQueries({
        predicate: ({ queryKey: [method, path] }) =>
          method === 'get' && typeof path === 'string' && /^\/api\/platform\/(workflow|execution|approval)/.test(path),
      }),
    [client],
  );
}

/** Changes the workflow that somebody has seen: not one that was changed since. Throws what the server refuses. */
export async function changeWorkflow(
  path: Address,
  etag: string,
  body: { enabled?: boolean; version?: string },
): Promise<string> {
  const params = { path, header: ifVersion(etag) };
  const { data } = await api.PATCH(`${WORKFLOWS}/{namespace}/{name}`, { params, body });
  return data?.etag ?? '';
}

/** Does something, tells what was refused, and shows the new state either way. */
export function useAct(): (run: () => Promise<unknown>) => Promise<void> {
  const refresh = useRefresh();
  return useCallback(
    async (run) => {
      try {
        await run();
      } catch (error) {
        notifyFailed(error);
        if (!(error instanceof ApiError)) throw error;
      } finally {
        await refresh();
      }
    },
    [refresh],
  );
}
