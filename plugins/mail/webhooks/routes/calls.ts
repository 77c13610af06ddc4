/** Our own API: what was sent to a webhook and what it answered; sending it again, and trying whether anything arrives. */
import Type, { type Static } from 'typebox';
import { placeholders } from '#core/kit.ts';
import { coreErrors, listRoute, reply, route, type Services } from '#core/plugin.ts';
import { isoTime, MANAGE, MessageId, Time, TimeOrNull } from '../../shapes.ts';
import type { WebhooksScope } from '../services.ts';
import { CALL_STATES, type CallState } from '../states.ts';
import type { WebhookCallRow } from '../tables.ts';

/** Each is a request of this server to somebody else's. */
const LIMIT = { name: 'mail.webhookCalls', points: 20, windowSeconds: 60, by: 'principal' } as const;

export const WebhookCallView = Type.Object({
  id: Type.Integer(),
  webhook_id: Type.Integer(),
  event_id: Type.String({ description: '`webhook-id` of the request; the same when it is sent again' }),
  event_type: Type.String(),
  message_id: Type.Union([Type.Integer(), Type.Null()]),
  state: Type.Enum([...CALL_STATES], { description: '`waiting`: it is tried (again)' }),
  tries: Type.Integer(),
  status: Type.Union([Type.Integer(), Type.Null()], { description: 'What was answered last' }),
  failure: Type.Union([Type.String(), Type.Null()], { description: 'Why nothing was: `timeout`, `network` …' }),
  created_at: Time,
  tried_at: TimeOrNull,
  next_try_at: TimeOrNull,
});
const WholeCall = Type.Object({
  ...WebhookCallView.properties,
  event: Type.Object({}, { additionalProperties: true, description: 'The body that was sent' }),
});

type Listed = WebhookCallRow & { run_at?: number | null; shown_state?: CallState };

/** A job that is dead tries no more, though its last try may have ended with its process and said nothing. */
const STATE = `case when mail_webhook_calls.state = 'waiting' and jobs.state = 'dead' then 'failed' else mail_webhook_calls.state end`;

/** Calls with what their jobs know of them. */
function calls({ db }: Services) {
  return db
    .read('mail_webhook_calls')
    .leftJoin('core_jobs as jobs', 'jobs.id', 'mail_webhook_calls.job_id')
    .select('mail_webhook_calls.*', 'jobs.run_at', db.read.raw(`${STATE} as shown_state`));
}

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
        narrow: (rows, wanted) => void rows.whereRaw(`${STATE} in ${placeholders(1, wanted.length)}`, wanted),
      },
    },
    key: 'mail_webhook_calls.id',
    async rows({ principal, params }, services: WebhooksScope) {
      const { row } = await services.webhookAgain.webhook(principal, params.id);
      return { query: calls(services).where('webhook_id', row.id) };
    },
    items: (rows: Listed[]) => rows.map(callView),
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
      const row: Listed | undefined = await calls(services).where('mail_webhook_calls.id', id).first();
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
    summary: 'Sends an event of the type `webhook.test`, to see whether it arrives',
    params: MessageId,
    rateLimit: LIMIT,
    responses: { 202: WebhookCallView },
    async handler({ principal, params }, { webhookAgain }: WebhooksScope) {
      return reply(202, callView(await webhookAgain.test(principal, params.id)));
    },
  }),
];

function callView(row: Listed): Static<typeof WebhookCallView> {
  const { webhook_id, event_id, event_type, tries, status, failure, shown_state: state = row.state } = row;
  // Between tries the job knows the time.
  const next = state === 'waiting' ? (row.next_try_at ?? row.run_at ?? null) : null;
  return {
    id: Number(row.id),
    webhook_id,
    event_id,
    event_type,
    state,
    tries,
    status,
    failure,
    message_id: row.message_id === null ? null : Number(row.message_id),
    created_at: isoTime(Number(row.created_at)),
    tried_at: row.tried_at === null ? null : isoTime(Number(row.tried_at)),
    next_try_at: next === null ? null : isoTime(Number(next)),
  };
}
