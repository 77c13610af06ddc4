/** Our own API: what was sent to a webhook and what it answered; sending it again, and trying whether anything arrives. */
import Type from 'typebox';
import { placeholders } from '#core/kit.ts';
import { coreErrors, listRoute, reply, route } from '#core/plugin.ts';
import { MANAGE, MessageId } from '../../shapes.ts';
import type { WebhooksScope } from '../services.ts';
import { CALL_STATES } from '../states.ts';
import { CALL_STATE, callView, type ListedCall, listedCalls, WebhookCallView } from '../views.ts';

/** Each is a request of this server to somebody else's. */
const LIMIT = { name: 'mail.webhookCalls', points: 20, windowSeconds: 60, by: 'principal' } as const;

const WholeCall = Type.Object({
  ...WebhookCallView.properties,
  event: Type.Object({}, { additionalProperties: true, description: 'The body that was sent' }),
});

export const webhookCallRoutes = [
  listRoute({
    path: '/api/platform/mail/webhooks/{id}/calls',
    access: MANAGE,
    summary: 'What was sent to a webhook in the last seven days, newest first: 500 at most',
    params: MessageId,
    item: WebhookCallView,
    columns: {
      state: {
        type: 'text',
        filter: 'equals',
        values: CALL_STATES,
        narrow: (rows, wanted) => void rows.whereRaw(`${CALL_STATE} in ${placeholders(1, wanted.length)}`, wanted),
      },
    },
    key: 'mail_webhook_calls.id',
    async rows({ principal, params }, services: WebhooksScope) {
      const { row } = await services.webhookAgain.webhook(principal, params.id);
      return { query: listedCalls(services).where('webhook_id', row.id) };
    },
    items: (rows: ListedCall[]) => rows.map(callView),
  }),
  route({
    method: 'GET',
    path: '/api/platform/mail/webhook-calls/{id}',
    access: MANAGE,
    summary: 'A call of a webhook, with what was sent',
    params: MessageId,
    responses: { 200: WholeCall },
    async handler({ principal, params }, services: WebhooksScope) {
      const { id, event } = await services.webhookAgain.call(principal, params.id);
      const row: ListedCall | undefined = await listedCalls(services).where('mail_webhook_calls.id', id).first();
      if (!row) throw coreErrors.not_found();
      return { ...callView(row), event: JSON.parse(event) };
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/mail/webhook-calls/{id}/again',
    access: MANAGE,
    summary: 'Sends it again, unchanged',
    params: MessageId,
    rateLimit: LIMIT,
    responses: { 202: WebhookCallView },
    async handler({ principal, params }, { webhookAgain }: WebhooksScope) {
      return reply(202, callView(await webhookAgain.again(principal, params.id)));
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/mail/webhooks/{id}/test',
    access: MANAGE,
    summary: 'Sends an event of the type `webhook.test` now, once, and says what was answered',
    params: MessageId,
    rateLimit: LIMIT,
    responses: { 200: WebhookCallView },
    async handler({ principal, params }, { webhookAgain }: WebhooksScope) {
      return callView(await webhookAgain.test(principal, params.id));
    },
  }),
];
