/** The HTTP API: schemas, who may call, and one call of the service. */
import { listRoute, preconditionOf, reply, route, Type, versioned } from 'patchbay-platform/plugin';
import { type NoteRow, noteView } from './notes.ts';
import type { SampleScope } from './scope.ts';

const read = { scope: 'sample:read', tenant: true } as const;
const manage = { scope: 'sample:manage', tenant: true } as const;
const PATH = '/api/platform/sample/notes';

const Note = Type.Object({
  id: Type.Integer(),
  text: Type.String(),
  remind_at: Type.Union([Type.String(), Type.Null()]),
  created_at: Type.String(),
  version: Type.String(),
});
const Text = Type.String({ minLength: 1, maxLength: 100_000 });
const Time = Type.String({ format: 'date-time' });
const Id = Type.Object({ id: Type.Integer({ minimum: 1 }) });

export const noteRoutes = [
  listRoute({
    path: PATH,
    access: read,
    summary: 'Notes of the tenant, newest first',
    item: Note,
    columns: { created_at: { type: 'time', filter: 'range', sort: true } },
    search: {
      description: 'A part of the text',
      find: (rows, text) => void rows.whereRaw("text like ? escape '\\'", [`%${text.replace(/[\\%_]/g, '\\$&')}%`]),
    },
    rows: ({ principal }, { db }: SampleScope) => db.read('sample_notes').where({ tenant_id: principal.tenantId }),
    items: (rows: NoteRow[]) => rows.map(noteView),
  }),
  route({
    method: 'POST',
    path: PATH,
    access: manage,
    summary: 'Keeps a note; the header Idempotency-Key makes a repeat safe',
    body: Type.Object({ text: Text, remind_at: Type.Optional(Time) }),
    responses: { 201: Note },
    async handler({ body, principal, ctx }, { notes }: SampleScope) {
      const note = { text: body.text, remindAt: body.remind_at };
      return reply(201, await notes.add(principal, note, ctx.get('idempotency-key')));
    },
  }),
  route({
    method: 'PATCH',
    path: `${PATH}/{id}`,
    access: manage,
    summary: 'Changes a note',
    params: Id,
    body: Type.Object({ text: Type.Optional(Text), remind_at: Type.Optional(Time) }),
    responses: { 200: Note },
    async handler({ params, body, principal, ctx }, { notes }: SampleScope) {
      const change = { ...(body.text !== undefined && { text: body.text }), remindAt: body.remind_at };
      const row = await notes.change(principal.tenantId, params.id, change, preconditionOf(ctx));
      return versioned(row, noteView(row));
    },
  }),
  route({
    method: 'DELETE',
    path: `${PATH}/{id}`,
    access: manage,
    summary: 'Deletes a note',
    params: Id,
    responses: { 204: null },
    handler: ({ params, principal }, { notes }: SampleScope) => notes.remove(principal.tenantId, params.id),
  }),
];
