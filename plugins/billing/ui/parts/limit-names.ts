/** The names of all limits that a plan may have, as the plugins of this server declare them. */
import { $api } from 'patchbay-platform/ui';

export function useLimitNames(): readonly string[] {
  const usage = $api.useQuery('get', '/api/v2/usage/current');
  return usage.data ? [...Object.keys(usage.data.limits), 'requests_per_minute'] : [];
}
