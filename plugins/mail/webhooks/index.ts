/** Webhooks of mailboxes: who is called for a mail, how each call ended, and once more what was sent. */
import Type from 'typebox';
import { type CloudEvent, definePart, type Principal } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import type { WebhookCalled } from '../contract.ts';
import { mayFollow } from '../mailboxes/event-access.ts';
import { MANAGE } from '../shapes.ts';
import { callWebhook } from './jobs.ts';
import { webhookCallRoutes } from './routes/calls.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { type WebhooksScope, webhookServices } from './services.ts';
import { CALL_STATES } from './states.ts';
import './tables.ts';
import { WebhookView } from './views.ts';

export const webhooks = definePart<WebhooksScope & { config: MailConfig }>({
  name: 'webhooks',
  summary: 'Webhooks for mail, how each call ended, and sending again',
  needs: ['mailboxes'],
  services: webhookServices,
  routes: [...webhookRoutes, ...webhookCallRoutes],
  schemas: { MailWebhook: WebhookView },
  jobs: [callWebhook],
  events: {
    'webhook.called': Type.Object({
      mailbox: Type.String(),
      webhook_id: Type.Integer(),
      call_id: Type.Integer(),
      state: Type.Enum([...CALL_STATES]),
    }),
  },
  eventAccess: {
    // As the list of its calls.
    'webhook.called': {
      ...MANAGE,
      mayFollow,
      isFor: ({ data }: CloudEvent<WebhookCalled>, principal: Principal, services: WebhooksScope) =>
        mayFollow(data.mailbox, principal, services),
    },
  },
});
