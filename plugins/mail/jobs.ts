/** Mail's queued work. Each tenant has a lane of its own: what waits for its strangers' servers holds up nobody else. */
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';
import type { MailScope } from './scope.ts';
import { WEBHOOK_TRIES, type WebhookCall } from './services/webhook-calls.ts';

export const deliverMail = defineJob({
  name: 'mail.deliver',
  summary: 'Tries to deliver a mail to one recipient',
  payload: Type.Object({ delivery_id: Type.Integer() }),
  concurrency: 20,
  perLane: 6,
  // Failed tries of a delivery are none of the job's; these are for a database that is away.
  maxAttempts: 20,
  // Longer than `mailer.deliverySeconds` may be, so that no second try begins while the first is under way.
  timeoutMs: 1_860_000,
  run: ({ delivery_id }, { signal, id }, { delivering }: MailScope) => delivering.attempt(delivery_id, signal, id),
});

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
  run: (call, job, { webhookCalls }: MailScope) => webhookCalls.call(call, job),
});

export const applyRule = defineJob({
  name: 'mail.applyRule',
  summary: 'Does with a mail what a rule says and another plugin knows how to',
  payload: Type.Object({
    message: Type.Integer(),
    rule: Type.Integer(),
    action: Type.String(),
    settings: Type.Unknown(),
  }),
  concurrency: 20,
  perLane: 4,
  run: (ordered, job, { mailRuleActions }: MailScope) => mailRuleActions.apply(ordered, job),
});
