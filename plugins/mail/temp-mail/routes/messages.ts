/** Temp-mail: lists of mail, single mails, raw messages. */
import Type from 'typebox';
import { reply, route } from '#core/plugin.ts';
import { mailErrors } from '../../errors.ts';
import { addressesFor, safeHtml } from '../../reading/safe-html.ts';
import { Flag, isOn, MailboxAddress, MessageId } from '../../shapes.ts';
import { type DemoMessage, demoMessages } from '../demo-data.ts';
import { MESSAGE_DELETED } from '../dialect-messages.ts';
import type { TempMailScope } from '../services.ts';
import {
  MessageMetadataView,
  MessageView,
  messageMetadataView,
  messageView,
  OpenMessageView,
  openMessageView,
} from '../views.ts';
import { listReply, PageOrOffset, pageOf, READERS } from './paging.ts';

const access = { scope: 'mail:read', kinds: READERS };
/** Mail may be deleted by who owns the mailbox, and by who is signed in as it. */
const CLEANERS = READERS.filter((kind) => kind !== 'guest');

export const messageRoutes = [
  route({
    method: 'GET',
    path: '/api/emails',
    access,
    summary: 'Mail of a mailbox, newest first; with `page` or `size` as {list, total}',
    query: Type.Object({
      mailbox: MailboxAddress,
      ...PageOrOffset(20, 50),
      q: Type.Optional(Type.String({ maxLength: 200, description: 'Words in subject, sender or text' })),
      tag: Type.Optional(Type.String({ maxLength: 50 })),
      thread: Type.Optional(Type.Integer({ minimum: 1 })),
      folder: Type.Optional(Type.Enum(['inbox', 'quarantine'])),
    }),
    responses: {
      200: Type.Union([Type.Array(MessageView), Type.Object({ list: Type.Array(MessageView), total: Type.Integer() })]),
    },
    async handler({ query, principal }, { mailReading, clock }: TempMailScope) {
      const page = pageOf(query, 20);
      if (principal.kind === 'guest') {
        const rows = demoMessages(query.mailbox, clock.now());
        return listReply(rows.slice(page.offset, page.offset + page.limit).map(messageView), rows.length, page.isPaged);
      }
      const { q: words, tag, thread, folder } = query;
      const wish = {
        ...page,
        ...(words && { words }),
        ...(tag && { tag }),
        ...(thread && { thread }),
        ...(folder && { folder }),
      };
      const { rows, total } = await mailReading.list(principal, query.mailbox, wish);
      return listReply(rows.map(messageView), total, page.isPaged);
    },
  }),
  route({
    method: 'GET',
    path: '/api/emails/batch',
    operationId: 'listEmailDetails',
    access,
    summary: 'What lists show, of up to 50 mails by id',
    query: Type.Object({ ids: Type.String({ pattern: '^\\d{1,9}(,\\d{1,9}){0,49}$' }) }),
    responses: { 200: Type.Array(MessageMetadataView) },
    async handler({ query, principal }, { mailReading, clock }: TempMailScope) {
      const ids = [...new Set(query.ids.split(',').map(Number))];
      const rows =
        principal.kind === 'guest'
          ? demoMessages('demo@example.com', clock.now()).filter(({ id }) => ids.includes(id))
          : await mailReading.several(principal, ids);
      return rows.map(messageMetadataView);
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/emails',
    access: { scope: 'mail:manage', kinds: CLEANERS },
    summary: 'Deletes all mail of a mailbox',
    query: Type.Object({ mailbox: MailboxAddress }),
    responses: { 200: Type.Object({ success: Type.Literal(true), deletedCount: Type.Integer() }) },
    async handler({ query, principal }, { mailReading }: TempMailScope) {
      return { success: true, deletedCount: await mailReading.clear(principal, query.mailbox) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/email/{id}',
    access: { scope: 'mail:manage', kinds: CLEANERS },
    summary: 'Deletes one mail',
    params: MessageId,
    responses: {
      200: Type.Object({ success: Type.Literal(true), deleted: Type.Literal(true), message: Type.String() }),
    },
    async handler({ params, principal }, { mailReading }: TempMailScope) {
      await mailReading.remove(principal, params.id);
      return { success: true, deleted: true, message: MESSAGE_DELETED };
    },
  }),
  route({
    method: 'GET',
    path: '/api/email/{id}',
    changes: true,
    access,
    summary: 'One mail with its text and HTML; marks it as read',
    description:
      '`sanitize=1` makes html_content safe to show; `images=1` with it fetches remote images through the proxy.',
    params: MessageId,
    query: Type.Object({
      sanitize: Flag,
      images: Flag,
    }),
    responses: { 200: OpenMessageView },
    async handler({ params, query, principal }, services: TempMailScope) {
      const { mailReading, clock } = services;
      const row =
        principal.kind === 'guest' ? demoMessage(params.id, clock.now()) : await mailReading.open(principal, params.id);
      if (!isOn(query.sanitize) || !row.html) return openMessageView(row);
      const addresses = addressesFor(row, isOn(query.images) ?? false, services.secrets);
      return openMessageView({ ...row, html: await safeHtml(row, addresses, services) });
    },
  }),
  route({
    method: 'GET',
    path: '/api/email/{id}/download',
    operationId: 'downloadEmail',
    access,
    summary: 'The message as it came, below the trace fields of this server',
    params: MessageId,
    responses: { 200: null },
    produces: ['message/rfc822'],
    async handler({ params, principal }, { mailReading, clock }: TempMailScope) {
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
