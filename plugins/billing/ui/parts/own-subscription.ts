/** The subscription of one's own tenant, read again whenever something happens to it. */
import { useQueryClient } from '@tanstack/react-query';
import { $api, useLiveRefresh } from 'patchbay-platform/ui';

const TOPICS = ['subscription.*', 'plan.changed', 'invoice.*'];

export function useOwnSubscription() {
  // Whoever comes back from paying sees what it has changed.
  const query = $api.useQuery('get', '/api/platform/billing/subscription', {}, { staleTime: 0 });
  useLiveRefresh(TOPICS, () => query.refetch());
  return query;
}

export type OwnSubscription = NonNullable<ReturnType<typeof useOwnSubscription>['data']>;

/** After a change of it: everything that shows it is read again. */
export function useForgetSubscription(): () => Promise<unknown> {
  const client = useQueryClient();
  return () =>
    Promise.all(
      ['/api/platform/billing/subscription', '/api/v2/usage/current', '/api/platform/billing/invoices'].map((path) =>
        client.invalidateQueries({ queryKey: ['get', path] }),
      ),
    );
}
