/** Mail's queued work. */
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';

export const deliverMail = defineJob({
  name: 'mail.deliver',
  summary: 'Tries to deliver a mail to one recipient',
  payload: Type.Object({ delivery_id: Type.Integer() }),
  concurrency: 20,
  timeoutMs: 180_000,
  run: ({ delivery_id }, _job, { delivering }) => delivering.attempt(delivery_id),
});

export const callWebhook = defineJob({
  name: 'mail.callWebhook',
  summary: 'Tells a webhook of a mailbox about a mail',
  payload: Type.Object({ webhook_id: Type.Integer(), event: Type.Unknown() }),
  maxAttempts: 12,
  run: ({ webhook_id, event }, _job, { mailWebhooks }) => mailWebhooks.deliver(webhook_id, event),
});
