/** Our own API: single mails, attachments, tags, quarantine, threads, remote images. */
import Type from 'typebox';
import { safeEqual } from '#core/kit.ts';
import { coreErrors, reply, route } from '#core/plugin.ts';
import { mailErrors } from '../../errors.ts';
import { MessageId, PEOPLE, READ } from '../../shapes.ts';
import { isPicture, PICTURE_TYPES, REMOTE_PICTURES, remotePicture } from '../pictures.ts';
import { IMAGE_PATH, imageKey } from '../safe-html.ts';
import type { ReadingScope } from '../services.ts';
import { MessageDetail, MessageView, messageDetail, messageViewOf } from '../views.ts';

const Word = Type.String({ pattern: '^[^,\\s\\x00]{1,50}$' });

export const messageRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/mail/messages/{id}',
    changes: true,
    access: READ,
    summary: 'One mail with its envelope, authentication results and attachments',
    params: MessageId,
    responses: { 200: MessageDetail },
    async handler({ params, principal }, { mailReading, mailboxes }: ReadingScope) {
      const row = await mailReading.open(principal, params.id);
      return messageDetail(row, await mailboxes.byId(row.mailbox_id));
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/mail/messages/{id}',
    access: { scope: 'mail:manage', kinds: PEOPLE },
    summary: 'Deletes a mail',
    params: MessageId,
    responses: { 204: null },
    async handler({ params, principal }, { mailReading }: ReadingScope) {
      await mailReading.remove(principal, params.id);
      return reply(204);
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/mail/messages/{id}',
    access: { scope: 'mail:manage', kinds: PEOPLE },
    summary: 'Marks a mail as read, tags it, moves it into or out of quarantine',
    params: MessageId,
    body: Type.Object({
      read: Type.Optional(Type.Boolean()),
      tags: Type.Optional(Type.Array(Word, { maxItems: 20 })),
      folder: Type.Optional(Type.Enum(['inbox', 'quarantine'])),
    }),
    responses: { 200: MessageView },
    async handler({ params, body, principal }, { mailReading }: ReadingScope) {
      const { read: isRead, tags, folder } = body;
      const patch = { ...(isRead !== undefined && { isRead }), ...(tags && { tags }), ...(folder && { folder }) };
      return messageViewOf(await mailReading.mark(principal, params.id, patch));
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/mail/messages/{id}/attachments/{index}',
    access: READ,
    summary: 'One attachment',
    params: Type.Object({ ...MessageId.properties, index: Type.Integer({ minimum: 0, maximum: 999 }) }),
    responses: { 200: null },
    produces: ['application/octet-stream', ...PICTURE_TYPES],
    async handler({ params, principal }, { mailReading }: ReadingScope) {
      const { info, sizeBytes, stream } = await mailReading.attachment(principal, params.id, params.index);
      // Pictures are shown in place; everything else is saved, because a browser might run it.
      const isShown = isPicture(info.content_type);
      const name = encodeURIComponent(info.filename).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
      return reply(200, stream, {
        'content-length': String(sizeBytes),
        'content-type': isShown ? info.content_type : 'application/octet-stream',
        'content-disposition': `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`,
      });
    },
  }),
  route({
    method: 'GET',
    path: IMAGE_PATH,
    access: READ,
    summary: 'A remote image of a mail, fetched so that its sender does not see who reads',
    query: Type.Object({
      message: MessageId.properties.id,
      key: Type.String({ maxLength: 64 }),
      url: Type.String({ maxLength: 4_000 }),
    }),
    headers: { caching: { seconds: 86_400 } },
    responses: { 200: null },
    produces: PICTURE_TYPES,
    async handler({ query, principal }, { mailReading, outbound, rateLimits, secrets }: ReadingScope) {
      if (!safeEqual(query.key, imageKey(secrets, query.message, query.url))) throw coreErrors.forbidden();
      const [message] = await mailReading.several(principal, [query.message]);
      if (!message) throw mailErrors.message_not_found();
      await rateLimits.consume(REMOTE_PICTURES, String(message.mailbox_id));
      const { type, body } = await remotePicture(query.url, outbound);
      return reply(200, body, { 'content-type': type });
    },
  }),
];
