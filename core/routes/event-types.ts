/** Types of events that plugins declare, for who builds on them: a page that asks "When …", a program. */
import Type from 'typebox';
import { route } from '../http/route.ts';
import type { LoadedPlugin } from '../plugins.ts';

const EventTypeView = Type.Object({
  type: Type.String(),
  plugin: Type.String(),
  payload: Type.Unknown({ description: 'JSON Schema of its `data`' }),
});

export function eventTypeRoutes(plugins: readonly LoadedPlugin[]) {
  const all = plugins.flatMap(({ plugin: { name, events = {} } }) =>
    Object.entries(events).map(([type, payload]) => ({ type, plugin: name, payload })),
  );
  return [
    route({
      method: 'GET',
      path: '/api/platform/event-types',
      access: 'user',
      operationId: 'listEventTypes',
      summary: 'Types of events that the caller may see, with what they carry',
      isCompressed: true,
      responses: { 200: Type.Object({ items: Type.Array(EventTypeView) }) },
      handler: ({ principal }, { eventSight }) => ({
        items: all.filter(({ type }) => eventSight.mayKnow(type, principal)),
      }),
    }),
  ];
}
