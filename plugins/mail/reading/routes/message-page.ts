/**
 * A mail as its sender laid it out, as a document of its own: it runs nothing, loads nothing but its pictures from here, has
 * no origin, and nobody but our own pages frames it. And a mail as it came, with its header.
 */
import { text } from 'node:stream/consumers';
import Type from 'typebox';
import { escapeHtml } from '#core/kit.ts';
import { coreErrors, reply, route } from '#core/plugin.ts';
import { mailErrors } from '../../errors.ts';
import { firstBytes, headerFields } from '../../messages/message-source.ts';
import { Flag, isOn, MessageId, READ } from '../../shapes.ts';
import { isPicture, PICTURE_PATH, PICTURE_TYPES, pictureLinks, REMOTE_PICTURES, remotePicture } from '../pictures.ts';
import { safeHtml } from '../safe-html.ts';
import type { ReadingScope } from '../services.ts';

/** `sandbox` holds where the document is opened without a frame, too. */
const POLICY = [
  'sandbox allow-popups allow-popups-to-escape-sandbox',
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src 'self' data:",
  "form-action 'none'",
  "base-uri 'none'",
].join('; ');

/** Mail is written for white paper; the place of a picture that is not loaded is seen. */
const STYLE = `:root{color-scheme:light}body{margin:12px;background:#fff;color:#1a1a1a;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
img{max-width:100%;height:auto}table{max-width:100%}
img[src^="data:image/svg+xml"]{outline:1px dashed #adb5bd;outline-offset:-1px;background:#f1f3f5}
pre{white-space:pre-wrap;font:inherit}`;

/** What a view shows of a message; the rest is in its download. */
const SOURCE_BYTES = 256 * 1024;

export const messagePageRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/mail/messages/{id}/page',
    access: READ,
    summary: 'A mail as an HTML document that is safe to show in a frame; remote pictures with `images=1`',
    params: MessageId,
    query: Type.Object({ images: Flag }),
    headers: { framing: 'same-origin', contentSecurityPolicy: POLICY, opener: 'unsafe-none' },
    responses: { 200: null },
    produces: ['text/html'],
    async handler({ params, query, principal }, services: ReadingScope) {
      const row = await services.mailReading.peek(principal, params.id);
      const { addressOf } = pictureLinks(services);
      const addresses = {
        inline: (part: number) => addressOf({ message: row.id, part }),
        remote: isOn(query.images) ? (url: string) => addressOf({ message: row.id, url }) : null,
      };
      const body = row.html ? await safeHtml(row, addresses, services) : `<pre>${escapeHtml(row.text)}</pre>`;
      const html = `<!doctype html>
<html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(row.subject)}</title>
<style>${STYLE}</style>
<body>
${body}
</body>
</html>
`;
      return reply(200, html, { 'content-type': 'text/html; charset=utf-8' });
    },
  }),
  route({
    method: 'GET',
    path: PICTURE_PATH,
    access: 'public',
    summary: 'A picture of a mail, by the link that its page has for an hour',
    query: Type.Object({ key: Type.String({ maxLength: 8_000 }) }),
    // The page has no origin, so every other one is foreign to it.
    headers: { embedding: 'cross-origin', caching: { seconds: 3600 } },
    responses: { 200: null },
    produces: PICTURE_TYPES,
    async handler({ query }, services: ReadingScope) {
      const shown = pictureLinks(services).open(query.key);
      if (!shown) throw coreErrors.forbidden();
      const { db, mailAttachments, outbound, rateLimits } = services;
      const message = await db.read('mail_messages').where({ id: shown.message }).first('blob_id', 'mailbox_id');
      if (!message) throw mailErrors.message_not_found();
      if (shown.url !== undefined) {
        await rateLimits.consume(REMOTE_PICTURES, String(message.mailbox_id));
        const { type, body } = await remotePicture(shown.url, outbound);
        return reply(200, body, { 'content-type': type });
      }
      const taken = await mailAttachments.take(message.blob_id, shown.part ?? -1);
      if (!taken) throw mailErrors.attachment_not_found();
      const { info, sizeBytes, stream } = taken;
      if (!isPicture(info.content_type)) {
        stream.destroy();
        throw mailErrors.attachment_not_found();
      }
      return reply(200, stream, { 'content-length': String(sizeBytes), 'content-type': info.content_type });
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/mail/messages/{id}/source',
    access: READ,
    summary: 'The header fields of a mail, and its beginning as it came',
    params: MessageId,
    responses: {
      200: Type.Object({
        headers: Type.Array(Type.Object({ name: Type.String(), value: Type.String() })),
        source: Type.String(),
        size_bytes: Type.Integer(),
        is_cut: Type.Boolean({ description: `Longer than ${SOURCE_BYTES} bytes; whole at /api/email/{id}/download` }),
      }),
    },
    async handler({ params, principal }, { mailReading }: ReadingScope) {
      const { sizeBytes, stream } = await mailReading.raw(principal, params.id);
      const source = await text(firstBytes(stream, SOURCE_BYTES));
      return { headers: headerFields(source), source, size_bytes: sizeBytes, is_cut: sizeBytes > SOURCE_BYTES };
    },
  }),
];
