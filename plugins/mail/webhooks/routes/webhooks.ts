/** Our own API: webhooks of mailboxes. */
import Type from 'typebox';
import { IF_MATCH, listRoute, preconditionOf, reply, route, versioned } from '#core/plugin.ts';
import { whereOwn } from '../../mailboxes/visibility.ts';
import { MAILBOX_COLUMN, MANAGE, MailboxAddress, MessageId } from '../../shapes.ts';
import type { WebhooksScope } from '../services.ts';
import type { WebhookRow } from '../tables.ts';
import { WebhookView, webhookView } from '../views.ts';

export const webhookRoutes = [
  listRoute({
    path: '/api/platform/mail/webhooks',
    access: MANAGE,
    summary: 'Webhooks of mailboxes that you see, newest first',
    item: WebhookView,
    columns: {
      mailbox: MAILBOX_COLUMN,
      created_at: { type: 'time', column: 'mail_webhooks.created_at', filter: 'range', sort: true },
    },
    key: 'mail_webhooks.id',
    rows({ principal }, { db }: WebhooksScope) {
      const rows = db
        .read('mail_webhooks')
        .join('mail_mailboxes', 'mail_mailboxes.id', 'mail_webhooks.mailbox_id')
        .select('mail_webhooks.*', 'mail_mailboxes.address');
      whereOwn(rows, principal);
      return rows;
    },
    items: (rows: (WebhookRow & { address: string })[]) => rows.map(({ address, ...row }) => webhookView(row, address)),
  }),
  route({
    method: 'POST',
    path: '/api/platform/mail/webhooks',
    access: MANAGE,
    summary: 'Calls a URL for each new mail, signed as Standard Webhooks ask; the secret is shown this once',
    body: Type.Object({ mailbox: MailboxAddress, url: Type.String({ minLength: 8, maxLength: 2_000 }) }),
    responses: { 201: Type.Object({ ...WebhookView.properties, secret: Type.String() }) },
    async handler({ body, principal }, { mailWebhooks }: WebhooksScope) {
      const { row, address, secret } = await mailWebhooks.create(principal, body.mailbox, body.url);
      return versioned(row, { ...webhookView(row, address), secret }, 201);
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/mail/webhooks/{id}',
    access: MANAGE,
    summary: 'A webhook of a mailbox that you see',
    params: MessageId,
    responses: { 200: WebhookView },
    async handler({ principal, params }, { webhookAgain }: WebhooksScope) {
      const { row, mailbox } = await webhookAgain.webhook(principal, params.id);
      return versioned(row, webhookView(row, mailbox.address));
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/mail/webhooks/{id}',
    access: MANAGE,
    summary: 'Deletes a webhook',
    params: MessageId,
    requestHeaders: IF_MATCH,
    responses: { 204: null },
    async handler({ params, principal, ctx }, { mailWebhooks }: WebhooksScope) {
      await mailWebhooks.remove(principal, params.id, preconditionOf(ctx));
      return reply(204);
    },
  }),
];
