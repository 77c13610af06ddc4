/** Calls of webhooks. Each tenant has a lane of its own: what waits for its strangers' servers holds up nobody else. */
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';
import { WEBHOOK_TRIES, type WebhookCall } from './calls.ts';
import type { WebhooksScope } from './services.ts';

export const callWebhook = defineJob({
  name: 'mail.callWebhook',
  summary: 'Tells a webhook of a mailbox about a mail',
  payload: Type.Unsafe<WebhookCall>(
    Type.Object({
      webhook_id: Type.Integer(),
      call_id: Type.Optional(Type.Integer()),
      event: Type.Unknown(),
      tries_left: Type.Optional(Type.Integer()),
      waits_since: Type.Optional(Type.Integer()),
    }),
  ),
  concurrency: 20,
  perLane: 4,
  maxAttempts: WEBHOOK_TRIES,
  run: (call, job, { webhookCalls }: WebhooksScope) => webhookCalls.call(call, job),
});
