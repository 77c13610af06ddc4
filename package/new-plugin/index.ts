/** sample: notes that people keep. Change it into what you need; every field is explained where `definePlugin` is declared. */
import { definePlugin, reply, route, Type } from 'patchbay/plugin';
import { createNotes } from './notes.ts';
import type { SampleScope } from './scope.ts';

/** What plugins that require this one may import. */
export type * from './contract.ts';

const Note = Type.Object({ id: Type.Integer(), text: Type.String() });

export default definePlugin({
  name: 'sample',
  summary: 'Notes that people keep',
  requires: ['auth'],
  config: Type.Object({
    maxLength: Type.Integer({ default: 1000, minimum: 1, description: 'Longest note in characters.' }),
  }),
  migrations: new URL('./migrations/', import.meta.url),
  publicServices: { notes: createNotes },
  scopes: { 'sample:read': 'See notes', 'sample:write': 'Keep notes' },
  events: { 'sample.added': Type.Object({ id: Type.Integer() }) },
  eventAccess: { 'sample.added': { scope: 'sample:read' } },
  routes: [
    route({
      method: 'POST',
      path: '/api/platform/sample/notes',
      access: { scope: 'sample:write' },
      summary: 'Keeps a note',
      body: Type.Object({ text: Type.String({ minLength: 1 }) }),
      responses: { 201: Note },
      async handler({ body, principal }, { notes }: SampleScope) {
        return reply(201, await notes.add(principal, body.text));
      },
    }),
    route({
      method: 'GET',
      path: '/api/platform/sample/notes/{id}',
      access: { scope: 'sample:read' },
      summary: 'One note',
      params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
      responses: { 200: Note },
      handler({ params, principal }, { notes }: SampleScope) {
        return notes.find(principal, params.id);
      },
    }),
  ],
});
