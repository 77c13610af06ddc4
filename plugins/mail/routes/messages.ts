/** Temp-mail: lists of mail, single mails, raw messages. */
import Type from 'typebox';
import type { PrincipalKind } from '#core/http/principal.ts';
import { reply, route } from '#core/plugin.ts';
import { mailErrors } from '../errors.ts';
import { type DemoMessage, demoMessages } from '../services/demonstration.ts';
import { MessageView, messageView, OpenMessageView, openMessageView } from '../views.ts';
import { listReply } from './mailboxes.ts';
import { PageOrOffset, pageOf } from './paging.ts';

const READERS: PrincipalKind[] = ['user', 'apiKey', 'root', 'mailbox', 'guest'];
const access = { scope: 'mail:read', kinds: READERS };
const MessageId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) });

export const messageRoutes = [
  route({
    method: 'GET',
    path: '/api/emails',
    access,
    summary: 'Mail of a mailbox, newest first; with `page` or `size` as {list, total}',
    query: Type.Object({ mailbox: Type.String({ minLength: 3, maxLength: 320 }), ...PageOrOffset(20, 50) }),
    responses: {
      200: Type.Union([Type.Array(MessageView), Type.Object({ list: Type.Array(MessageView), total: Type.Integer() })]),
    },
    async handler({ query, principal }, { mailReading, clock }) {
      const page = pageOf(query, 20);
      if (principal.kind === 'guest') {
        const rows = demoMessages(query.mailbox, clock.now());
        return listReply(rows.slice(page.offset, page.offset + page.limit).map(messageView), rows.length, page.isPaged);
      }
      const { rows, total } = await mailReading.list(principal, query.mailbox, page);
      return listReply(rows.map(messageView), total, page.isPaged);
    },
  }),
  route({
    method: 'GET',
    path: '/api/email/{id}',
    access,
    summary: 'One mail with its text and HTML; marks it as read',
    params: MessageId,
    responses: { 200: OpenMessageView },
    async handler({ params, principal }, { mailReading, clock }) {
      const row =
        principal.kind === 'guest' ? demoMessage(params.id, clock.now()) : await mailReading.open(principal, params.id);
      return openMessageView(row);
    },
  }),
  route({
    method: 'GET',
    path: '/api/email/{id}/download',
    access,
    summary: 'The message as it came, byte for byte',
    params: MessageId,
    responses: { 200: null },
    async handler({ params, principal }, { mailReading, clock }) {
      const headers = {
        'content-type': 'message/rfc822',
        'content-disposition': `attachment; filename="email-${params.id}.eml"`,
      };
      if (principal.kind === 'guest') return reply(200, rawDemo(demoMessage(params.id, clock.now())), headers);
      const { sizeBytes, stream } = await mailReading.raw(principal, params.id);
      return reply(200, stream, { ...headers, 'content-length': String(sizeBytes) });
    },
  }),
];

function demoMessage(id: number, now: number): DemoMessage {
  const found = demoMessages('demo@example.com', now).find((message) => message.id === id);
  if (!found) throw mailErrors.message_not_found();
  return found;
}

function rawDemo({ sender, to_addrs, subject, text }: DemoMessage): Buffer {
  const encoded = `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`;
  return Buffer.from(
    `From: ${sender}\r\nTo: ${to_addrs}\r\nSubject: ${encoded}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`,
  );
}
