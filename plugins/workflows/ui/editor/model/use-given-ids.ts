/** Which ids the event that starts the workflow carries: the mail that arrived, the conversation in which somebody wrote. */
import { useMemo } from 'react';
import { useEventTypes } from '../triggers/event-types.ts';
import { eventTypeOf } from '../triggers/trigger.ts';
import { useEditing } from './context.ts';

/** By the name of the field: the expression that reaches it from every step. */
export type GivenIds = ReadonlyMap<string, string>;

export function useGivenIds(): GivenIds {
  const { head } = useEditing();
  const types = useEventTypes();
  const type = eventTypeOf(head);
  return useMemo(() => {
    const fields = types.find((one) => one.type === type)?.fields ?? [];
    const ids = fields.filter(({ name }) => name.endsWith('_id'));
    return new Map(ids.map(({ name }) => [name, `\${ $workflow.input[0].data.${name} }`]));
  }, [types, type]);
}
