/** Our own API: webhooks of mailboxes. */
import Type from 'typebox';
import { OutboundError } from '#core/kit.ts';
import { IF_MATCH, listRoute, preconditionOf, reply, route, versioned } from '#core/plugin.ts';
import { whereOwn } from '../../mailboxes/visibility.ts';
import { MAILBOX_COLUMN, MANAGE, MailboxAddress, MessageId } from '../../shapes.ts';
import type { WebhooksScope } from '../services.ts';
import type { WebhookRow } from '../tables.ts';
import { type ShownWebhook, WebhookView, webhookViews } from '../views.ts';

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
    items: (rows: (WebhookRow & { address: string })[], services: WebhooksScope) =>
      webhookViews(
        services,
        rows.map(({ address: mailbox, ...row }) => ({ row, mailbox })),
      ),
  }),
  route({
    method: 'POST',
    path: '/api/platform/mail/webhooks',
    access: MANAGE,
    summary: 'Calls a URL for each new mail, signed as Standard Webhooks ask; the secret is shown this once',
    body: Type.Object({ mailbox: MailboxAddress, url: Type.String({ minLength: 8, maxLength: 2_000 }) }),
    responses: {
      201: Type.Object({
        ...WebhookView.properties,
        secret: Type.String(),
        blocked: Type.Boolean({ description: 'This server may not call it; see `http.outbound.allow`' }),
      }),
    },
    async handler({ body, principal }, services: WebhooksScope) {
      const { mailWebhooks, outbound } = services;
      const { row, address, secret } = await mailWebhooks.create(principal, body.mailbox, body.url);
      const blocked = await outbound.check(row.url).then(
        () => false,
        (error) => error instanceof OutboundError && error.code === 'blocked_address',
      );
      return versioned(row, { ...(await viewOf(services, { row, mailbox: address })), secret, blocked }, 201);
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/mail/webhooks/{id}',
    access: MANAGE,
    summary: 'A webhook of a mailbox that you see',
    params: MessageId,
    responses: { 200: WebhookView },
    async handler({ principal, params }, services: WebhooksScope) {
      const { row, mailbox } = await services.webhookAgain.webhook(principal, params.id);
      return versioned(row, await viewOf(services, { row, mailbox: mailbox.address }));
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

async function viewOf(services: WebhooksScope, shown: ShownWebhook) {
  const [view] = await webhookViews(services, [shown]);
  if (!view) throw new Error('A webhook was not shown');
  return view;
}
