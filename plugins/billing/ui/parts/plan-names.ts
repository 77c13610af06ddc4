/** Plans by the names that people know; of one that is gone its id. */
import { useRows } from 'patchbay-platform/ui';

export function usePlanNames(): (id: string) => string {
  const plans = useRows('/api/platform/billing/all-plans');
  const names = new Map((plans.data ?? []).map(({ plan_id, display_name }) => [plan_id, display_name]));
  return (id) => names.get(id) ?? id;
}
