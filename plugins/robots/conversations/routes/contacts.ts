/** Contacts: found, noted about, merged, given out and erased. */
import Type from 'typebox';
import { isSuperadmin, TENANT_ADMINS, whereIdIn } from '#core/kit.ts';
import { coreErrors, IF_MATCH, listRoute, preconditionOf, reply, route, versioned } from '#core/plugin.ts';
import { ROBOTS_MANAGE, ROBOTS_READ } from '../../access.ts';
import { ContactChange, ContactView, contactTerms, contactView, type KnownContact } from '../contact-view.ts';
import { selectKnown, whereNamed } from '../contacts.ts';
import { whereLinkedWith } from '../identity/separation.ts';
import type { ConversationsScope } from '../services.ts';
import { whereContactVisible } from '../visibility.ts';
import { idsByWords } from '../words.ts';

const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 40 }) });
const ADMINISTER = { ...ROBOTS_MANAGE, roles: TENANT_ADMINS } as const;
const MOST_FOUND = 5_000;

export const contactRoutes = [
  listRoute({
    path: '/api/platform/robots/contacts',
    access: ROBOTS_READ,
    summary: 'Contacts, those who were heard last first',
    item: ContactView,
    columns: {
      name: {
        type: 'text',
        filter: 'equals',
        description: 'The whole name, or that of one that was merged into it',
        narrow: (rows, names, { db }) => void whereNamed(rows, db.read, names),
      },
      channel: { type: 'text', filter: 'equals' },
      consent: { type: 'text', filter: 'equals', values: ['unknown', 'given', 'refused'] },
      opted_out: { type: 'boolean', filter: 'equals' },
      last_seen_at: { type: 'time', filter: 'range', sort: true },
      created_at: { type: 'time', filter: 'range' },
    },
    sort: '-last_seen_at',
    search: {
      description: 'Words of names, notes and fields',
      async find(rows, text, { db }, { principal }) {
        const tenant = isSuperadmin(principal) ? null : principal.tenantId;
        const ids = await idsByWords(db, 'contact', tenant, text, MOST_FOUND);
        if (ids === null) throw coreErrors.bad_request({ message: 'A search needs a letter or a digit' });
        whereIdIn(rows, 'robots_contacts', ids);
      },
    },
    rows: ({ principal }, { db }: ConversationsScope) =>
      whereContactVisible(selectKnown(db.read('robots_contacts'), db.read), db.read, principal),
    items: (rows: KnownContact[]) => rows.map(contactView),
  }),
  route({
    method: 'GET',
    path: '/api/platform/robots/contacts/{id}',
    access: ROBOTS_READ,
    summary: 'A contact',
    params: Id,
    responses: { 200: ContactView },
    handler: async ({ params, principal }, { contacts }: ConversationsScope) =>
      shown(await contacts.find(principal, params.id)),
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/robots/contacts/{id}',
    access: ROBOTS_MANAGE,
    summary: 'What is noted about a contact, and what the contact has agreed to',
    params: Id,
    body: Type.Object(ContactChange),
    requestHeaders: IF_MATCH,
    responses: { 200: ContactView },
    handler: async ({ params, body, principal, ctx }, { contacts }: ConversationsScope) =>
      shown(await contacts.change(principal, params.id, body, preconditionOf(ctx))),
  }),
  route({
    method: 'POST',
    path: '/api/platform/robots/contacts/{id}/merge',
    access: ADMINISTER,
    summary: 'Another contact is this one from now on, with its conversations',
    params: Id,
    body: Type.Object({ contact: Type.String({ minLength: 1, maxLength: 40, description: 'Id of the other one' }) }),
    requestHeaders: IF_MATCH,
    responses: { 200: ContactView },
    async handler({ params, body, principal, ctx, ip, userAgent }, { contacts }: ConversationsScope) {
      const both = { uuid: params.id, other: body.contact, origin: { ip, userAgent } };
      return shown(await contacts.merge(principal, both, preconditionOf(ctx)));
    },
  }),
  listRoute({
    path: '/api/platform/robots/contacts/{id}/linked',
    access: ROBOTS_READ,
    summary: 'Contacts that were merged into this one and can be separated from it, the newest first',
    params: Id,
    item: ContactView,
    columns: {},
    async rows({ params, principal }, { db, contacts }: ConversationsScope) {
      const { id } = await contacts.find(principal, params.id);
      return { query: whereLinkedWith(selectKnown(db.read('robots_contacts'), db.read), id) };
    },
    items: (rows: KnownContact[]) => rows.map(contactView),
  }),
  route({
    method: 'POST',
    path: '/api/platform/robots/contacts/{id}/separate',
    access: ADMINISTER,
    summary: 'A contact that was merged into this one is itself again, with the conversations that came under its name',
    params: Id,
    body: Type.Object({
      contact: Type.String({ minLength: 1, maxLength: 40, description: 'Id of the one that goes' }),
    }),
    requestHeaders: IF_MATCH,
    responses: { 200: ContactView },
    async handler({ params, body, principal, ctx, ip, userAgent }, { contacts }: ConversationsScope) {
      const both = { uuid: params.id, other: body.contact, origin: { ip, userAgent } };
      return shown(await contacts.separate(principal, both, preconditionOf(ctx)));
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/robots/contacts/{id}/export',
    operationId: 'exportContact',
    access: ADMINISTER,
    summary: 'Everything about a contact as one JSON file',
    params: Id,
    responses: { 200: null },
    produces: ['application/json'],
    handler: async ({ params, principal }, { contactErasure }: ConversationsScope) =>
      reply(200, await contactErasure.export(principal, params.id), {
        'content-type': 'application/json; charset=utf-8',
        'content-disposition': 'attachment; filename="contact.json"',
      }),
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/robots/contacts/{id}',
    access: ADMINISTER,
    summary: 'Erases a contact with all conversations and files',
    params: Id,
    responses: { 204: null },
    async handler({ params, principal }, { contactErasure }: ConversationsScope) {
      await contactErasure.erase(principal, params.id);
      return reply(204);
    },
  }),
];

function shown(row: KnownContact) {
  return versioned(contactTerms(row), contactView(row));
}
