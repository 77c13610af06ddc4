/** A message's HTML, safe to show: inline images from its own attachments, remote ones through the proxy or not at all. */

import { messageOf } from '#core/errors.ts';
import type { Secrets } from '#core/security/secrets.ts';
import type { MailScope } from '../scope.ts';
import type { AttachmentInfo } from './parser/parse.ts';
import type { OpenMessage } from './reading.ts';

/** Where the proxy for remote images is. */
export const IMAGE_PATH = '/api/platform/mail/image';

const MAX_IMAGES = 500;

/** When cleaning takes too long, the message's text has to do. */
export async function safeHtml(message: OpenMessage, withImages: boolean, services: MailScope): Promise<string> {
  const attachments: AttachmentInfo[] = JSON.parse(message.attachments);
  const inlineImages = Object.fromEntries(
    attachments
      .filter(({ content_id, content_type }) => content_id && content_type.startsWith('image/'))
      .map(({ content_id, index }) => [content_id, `/api/platform/mail/messages/${message.id}/attachments/${index}`]),
  );
  const proxyPrefix = `${IMAGE_PATH}?message=${message.id}&url=`;
  const wish = { html: message.html, inlineImages, ...(withImages && { proxyPrefix }) };
  try {
    const { html } = await services.mailThreads.run('people', 'sanitize', wish);
    return withImages ? withKeys(html, proxyPrefix, message.id, services.secrets) : html;
  } catch (error) {
    services.log.warn({ message: message.id, reason: messageOf(error) }, 'HTML could not be made safe; text is shown');
    return `<pre>${message.text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)}</pre>`;
  }
}

/** Each remote image gets the key of its own address. Those above the number stay without one, and so are not shown. */
function withKeys(html: string, proxyPrefix: string, messageId: number, secrets: Secrets): string {
  const [head = '', ...rest] = html.split(proxyPrefix.replaceAll('&', '&amp;'));
  const images = rest.map((text, index) => {
    // The address is encoded, so the attribute ends with the first character that encoding leaves none of.
    const [encoded = ''] = /^[\w.!~*'()%-]*/.exec(text) ?? [];
    const url = index < MAX_IMAGES ? decoded(encoded) : null;
    const key = url === null ? '' : imageKey(secrets, messageId, url);
    return `${IMAGE_PATH}?message=${messageId}&amp;key=${key}&amp;url=${text}`;
  });
  return head + images.join('');
}

/** Null when a mail's text only looks like an address of ours. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Shows that we have found this address in this message. */
export function imageKey(secrets: Secrets, messageId: number, url: string): string {
  return secrets.sign('mail.image', `${messageId} ${url}`).slice(0, 24);
}
