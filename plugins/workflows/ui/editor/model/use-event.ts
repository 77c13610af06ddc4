/** Data of the event that starts a workflow: that of the last real one, or made up. */
import { useQuery } from '@tanstack/react-query';
import { api } from 'patchbay-platform/ui';
import { useMemo } from 'react';
import { useEventTypes } from '../triggers/event-types.ts';
import { type Condition, eventConditionOf, eventTypeOf, triggerOf } from '../triggers/trigger.ts';
import { exampleOf } from './event-example.ts';

/** The last real event of the trigger, and one made up. */
export function useEvent(definition: unknown, isWanted: boolean) {
  const types = useEventTypes();
  const type = eventTypeOf(definition);
  const known = types.find((one) => one.type === type);
  const data = eventConditionOf(definition);
  const query = useQuery({
    queryKey: ['workflows.sampleEvent', type, data],
    queryFn: async ({ signal }) => {
      const body = { type: type ?? '', ...(data !== null && { data }) };
      return (await api.POST('/api/platform/workflows/sample-event', { body, signal })).data ?? null;
    },
    enabled: isWanted && type !== null && type !== '',
    retry: false,
  });
  // The same one until there is another: what somebody writes in its place would go with it.
  const conditions = data === null ? NO_CONDITIONS : JSON.stringify(conditionsIn(definition));
  const example = useMemo(() => (known ? exampleOf(known, JSON.parse(conditions)) : null), [known, conditions]);
  return {
    input: query.data?.input ?? null,
    source: 'event' as const,
    at: query.data?.at ?? null,
    example,
    isLooking: query.isLoading,
  };
}

const NO_CONDITIONS = '[]';

export function conditionsIn(definition: unknown): readonly Condition[] {
  const trigger = triggerOf(definition);
  return trigger.kind === 'event' ? trigger.conditions : [];
}
