/** Quick replies: a resource, each field of which is declared here; their texts with variables filled in; ratings of contacts. */

import Type from 'typebox';
import { epochDay, isoTime } from '#core/kit.ts';
import { coreErrors, type Database, type Principal, resource, route } from '#core/plugin.ts';
import { ROBOTS_MANAGE, ROBOTS_READ } from '../../access.ts';
import { robotErrors } from '../../errors.ts';
import { seenBy } from '../../robots/visibility.ts';
import type { ConversationsScope } from '../services.ts';
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

const quickReplies = resource({
  path: PATH,
  table: 'robots_quick_replies',
  read: ROBOTS_READ,
  write: ROBOTS_MANAGE,
  fields: {
    shortcut: { schema: Shortcut, list: { type: 'text', filter: 'prefix', sort: true } },
    text: { schema: Text },
  },
  summaries: {
    list: 'Quick replies, newest first',
    create: 'A new quick reply; variables that are not known are refused',
    change: 'Changes a quick reply',
    remove: 'Removes a quick reply',
  },
  time: isoTime,
  errors: { notFound: robotErrors.QUICK_REPLY_NOT_FOUND, exists: robotErrors.QUICK_REPLY_EXISTS },
  before({ text }) {
    if (text !== undefined) checkVariables(text);
  },
});

export const quickReplyRoutes = [
  ...quickReplies.routes,
  route({
    method: 'GET',
    path: `${PATH}/{id}/text`,
    operationId: 'fillQuickReply',
    access: ROBOTS_READ,
    summary: 'Its text for a conversation, with what is known of the contact',
    params: Id,
    query: Type.Object({ conversation: Type.String({ minLength: 1, maxLength: 40 }) }),
    responses: { 200: Type.Object({ text: Type.String() }) },
    async handler({ params, query, principal }, services: ConversationsScope) {
      const values = await valuesIn(services.db, principal, query.conversation);
      const { text } = await quickReplies.find({ tenant_id: principal.tenantId }, params.id, services);
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
      const to = query.to === undefined ? epochDay(clock.now()) : epochDay(Date.parse(query.to));
      const from = query.from === undefined ? to - 29 : epochDay(Date.parse(query.from));
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
