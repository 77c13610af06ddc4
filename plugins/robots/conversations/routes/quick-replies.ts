/**
 * Quick replies: a resource, and their texts with variables filled in. What another field of it takes: "A field of a resource" in
 * `docs/architecture.md`.
 */

import Type from 'typebox';
import { isoTime } from '#core/kit.ts';
import { coreErrors, type Database, type Principal, resource, route } from '#core/plugin.ts';
import { ROBOTS_MANAGE, ROBOTS_READ } from '../../access.ts';
import { robotErrors } from '../../errors.ts';
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
];

async function valuesIn(db: Database, principal: Principal, conversation: string): Promise<VariableValues> {
  const { contact: id, robot: robotId } = await visibleConversation(db, principal, conversation);
  const contact = await db.read('robots_contacts').where({ id }).first('name', 'fields');
  const robot = await db.read('robots_robots').where({ id: robotId }).first('name');
  if (!contact || !robot) throw coreErrors.not_found();
  return { person: contact.name, fields: contact.fields, robot: robot.name };
}
