/** Quick replies, and ratings that contacts have given. */
import Type, { type Static } from 'typebox';
import {
  coreErrors,
  type Database,
  IF_MATCH,
  listRoute,
  type Principal,
  preconditionOf,
  reply,
  route,
  versioned,
  versionOf,
} from '#core/plugin.ts';
import { ROBOTS_MANAGE, ROBOTS_READ } from '../../access.ts';
import { dayOf } from '../../counts.ts';
import { seenBy } from '../../robots/robots.ts';
import { isoOf } from '../../serialization.ts';
import type { ConversationsScope } from '../services.ts';
import type { QuickReplyRow } from '../tables.ts';
import { checkVariables, type VariableValues, withVariables } from '../variables.ts';
import { visibleConversation } from '../visibility.ts';

const PATH = '/api/platform/robots/quick-replies';
const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 40 }) });
const Shortcut = Type.String({ minLength: 1, maxLength: 60, description: 'What it is called' });
const Text = Type.String({
  minLength: 1,
  maxLength: 10_000,
  description: 'With {{contact.name}}, {{robot.name}}, {{contact.fields.city}}',
});
const MOST_DAYS = 366;

export const QuickReplyView = Type.Object({
  id: Type.String(),
  shortcut: Type.String(),
  text: Type.String(),
  created_at: Type.String(),
  version: Type.String({ description: 'For `If-Match` of a change' }),
});

export const quickReplyRoutes = [
  listRoute({
    path: PATH,
    access: ROBOTS_READ,
    summary: 'Quick replies, newest first',
    item: QuickReplyView,
    columns: { shortcut: { type: 'text', filter: 'prefix', sort: true } },
    rows: ({ principal }, { db }: ConversationsScope) =>
      db.read('robots_quick_replies').where({ tenant_id: principal.tenantId }),
    items: (rows: QuickReplyRow[]) => rows.map(view),
  }),
  route({
    method: 'POST',
    path: PATH,
    access: ROBOTS_MANAGE,
    summary: 'A new quick reply; variables that are not known are refused',
    body: Type.Object({ shortcut: Shortcut, text: Text }),
    responses: { 201: QuickReplyView },
    async handler({ body, principal }, { quickReplies }: ConversationsScope) {
      const row = await quickReplies.create(principal.tenantId, body);
      return versioned(row, view(row), 201);
    },
  }),
  route({
    method: 'PATCH',
    path: `${PATH}/{id}`,
    access: ROBOTS_MANAGE,
    summary: 'Changes a quick reply',
    params: Id,
    body: Type.Object({ shortcut: Type.Optional(Shortcut), text: Type.Optional(Text) }),
    requestHeaders: IF_MATCH,
    responses: { 200: QuickReplyView },
    async handler({ params, body, principal, ctx }, { quickReplies }: ConversationsScope) {
      const row = await quickReplies.change(principal.tenantId, params.id, body, preconditionOf(ctx));
      return versioned(row, view(row));
    },
  }),
  route({
    method: 'DELETE',
    path: `${PATH}/{id}`,
    access: ROBOTS_MANAGE,
    summary: 'Removes a quick reply',
    params: Id,
    responses: { 204: null },
    async handler({ params, principal }, { quickReplies }: ConversationsScope) {
      await quickReplies.remove(principal.tenantId, params.id);
      return reply(204);
    },
  }),
  route({
    method: 'GET',
    path: `${PATH}/{id}/text`,
    operationId: 'fillQuickReply',
    access: ROBOTS_READ,
    summary: 'Its text for a conversation, with what is known of the contact',
    params: Id,
    query: Type.Object({ conversation: Type.String({ minLength: 1, maxLength: 40 }) }),
    responses: { 200: Type.Object({ text: Type.String() }) },
    async handler({ params, query, principal }, { db, quickReplies }: ConversationsScope) {
      const values = await valuesIn(db, principal, query.conversation);
      const { text } = await quickReplies.find(principal.tenantId, params.id);
      return { text: withVariables(text, values) };
    },
  }),
  route({
    method: 'POST',
    path: `${PATH}/preview`,
    operationId: 'previewQuickReply',
    access: ROBOTS_READ,
    summary: 'What a text becomes in a conversation, with what is known of the contact; nothing is kept',
    body: Type.Object({ text: Text, conversation: Type.String({ minLength: 1, maxLength: 40 }) }),
    responses: { 200: Type.Object({ text: Type.String() }) },
    async handler({ body, principal }, { db }: ConversationsScope) {
      checkVariables(body.text);
      return { text: withVariables(body.text, await valuesIn(db, principal, body.conversation)) };
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/robots/ratings',
    operationId: 'getRatings',
    access: ROBOTS_READ,
    summary: 'How often contacts have given which rating',
    query: Type.Object({
      from: Type.Optional(Type.String({ format: 'date', description: 'Day, UTC; default: 30 days ago' })),
      to: Type.Optional(Type.String({ format: 'date', description: 'Last day, included; default: today' })),
    }),
    responses: {
      200: Type.Object({
        ratings: Type.Array(Type.Object({ rating: Type.Integer(), count: Type.Integer() })),
        average: Type.Union([Type.Number(), Type.Null()]),
      }),
    },
    async handler({ query, principal }, { db, clock }: ConversationsScope) {
      const to = query.to === undefined ? dayOf(clock.now()) : dayOf(Date.parse(query.to));
      const from = query.from === undefined ? to - 29 : dayOf(Date.parse(query.from));
      if (from > to || to - from > MOST_DAYS)
        throw coreErrors.bad_request({ message: `\`from\` is at most ${MOST_DAYS} days before \`to\`` });
      const robots = db.read('robots_robots').where(seenBy(principal)).select('id');
      const rows: { name: string; total: string | number }[] = await db
        .read('robots_counts')
        .whereIn('robot', robots)
        .where({ kind: 'rating' })
        .whereBetween('day', [from, to])
        .groupBy('name')
        .select('name', db.read.raw('sum(value) as total'));
      return figuresOf(new Map(rows.map(({ name, total }) => [name, Number(total)])));
    },
  }),
];

async function valuesIn(db: Database, principal: Principal, conversation: string): Promise<VariableValues> {
  const { contact: id, robot: robotId } = await visibleConversation(db, principal, conversation);
  const contact = await db.read('robots_contacts').where({ id }).first('name', 'fields');
  const robot = await db.read('robots_robots').where({ id: robotId }).first('name');
  if (!contact || !robot) throw coreErrors.not_found();
  return { person: contact.name, fields: contact.fields, robot: robot.name };
}

function figuresOf(counts: ReadonlyMap<string, number>) {
  const ratings = [1, 2, 3, 4, 5].map((rating) => ({ rating, count: counts.get(String(rating)) ?? 0 }));
  const all = ratings.reduce((sum, { count }) => sum + count, 0);
  const points = ratings.reduce((sum, { rating, count }) => sum + rating * count, 0);
  return { ratings, average: all === 0 ? null : Math.round((points / all) * 100) / 100 };
}

function view(row: QuickReplyRow): Static<typeof QuickReplyView> {
  const { uuid, shortcut, text, created_at } = row;
  return { id: uuid, shortcut, text, created_at: isoOf(created_at), version: versionOf(row) };
}
