/** A message's HTML, safe to show: inline images from its own attachments, remote ones through the proxy or not at all. */

import { messageOf } from '#core/errors.ts';
import type { Services } from '#core/plugin.ts';
import type { Secrets } from '#core/security/secrets.ts';
import type { AttachmentInfo } from './parser/parse.ts';
import type { OpenMessage } from './reading.ts';

/** Where the proxy for remote images is. */
export const IMAGE_PATH = '/api/platform/mail/image';

/** When cleaning takes too long, the message's text has to do. */
export async function safeHtml(message: OpenMessage, withImages: boolean, services: Services): Promise<string> {
  const attachments: AttachmentInfo[] = JSON.parse(message.attachments);
  const inlineImages = Object.fromEntries(
    attachments
      .filter(({ content_id, content_type }) => content_id && content_type.startsWith('image/'))
      .map(({ content_id, index }) => [content_id, `/api/platform/mail/messages/${message.id}/attachments/${index}`]),
  );
  const proxyPrefix = `${IMAGE_PATH}?message=${message.id}&key=${imageKey(services.secrets, message.id)}&url=`;
  const wish = { html: message.html, inlineImages, ...(withImages && { proxyPrefix }) };
  try {
    return (await services.mailParseLoop.sanitize(wish)).html;
  } catch (error) {
    services.log.warn({ message: message.id, reason: messageOf(error) }, 'HTML could not be made safe; text is shown');
    return `<pre>${message.text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)}</pre>`;
  }
}

/** Shows that the page that asks for an image was given it by us. */
export function imageKey(secrets: Secrets, messageId: number): string {
  return secrets.sign('mail.image', String(messageId)).slice(0, 24);
}
