/** A message's HTML, safe to show: inline images from its own attachments, remote ones through the proxy or not at all. */
import { randomUUID } from 'node:crypto';
import { escapeHtml, messageOf, type Secrets } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AttachmentInfo } from '../messages/parser/parse.ts';
import type { WorkerPool } from '../messages/workers/pool.ts';
import type { OpenMessage } from './reading.ts';

/** Where the proxy for remote images is. */
export const IMAGE_PATH = '/api/platform/mail/image';

const MAX_IMAGES = 500;

/** Where the pictures of a mail are, on this server. */
export interface PictureAddresses {
  /** That of an attachment, by its place in the list. */
  inline(index: number): string;
  /** That of a remote picture; null leaves them out. */
  remote: ((url: string) => string) | null;
}

/** For clients with credentials of their own. */
export function addressesFor({ id }: OpenMessage, withImages: boolean, secrets: Secrets): PictureAddresses {
  return {
    inline: (index) => `/api/platform/mail/messages/${id}/attachments/${index}`,
    remote: withImages
      ? (url) => `${IMAGE_PATH}?message=${id}&key=${imageKey(secrets, id, url)}&url=${encodeURIComponent(url)}`
      : null,
  };
}

/** When cleaning takes too long, the message's text has to do. */
export async function safeHtml(
  message: OpenMessage,
  { inline, remote }: PictureAddresses,
  services: Pick<Services, 'log'> & { mailWorkers: WorkerPool },
): Promise<string> {
  const attachments: AttachmentInfo[] = JSON.parse(message.attachments);
  const inlineImages = Object.fromEntries(
    attachments
      .filter(({ content_id, content_type }) => content_id && content_type.startsWith('image/'))
      .map(({ content_id, index }) => [content_id, inline(index)]),
  );
  // No mail can know it, so nothing that stands in one is taken for an address of ours.
  const mark = `/${randomUUID()}/`;
  const wish = { html: message.html, inlineImages, ...(remote && { proxyPrefix: mark }) };
  try {
    const { html } = await services.mailWorkers.run('people', 'sanitize', wish);
    return remote ? withAddresses(html, mark, remote) : html;
  } catch (error) {
    services.log.warn({ message: message.id, reason: messageOf(error) }, 'HTML could not be made safe; text is shown');
    return `<pre>${escapeHtml(message.text)}</pre>`;
  }
}

/** Each remote image gets an address of its own. Those above the number stay without one, and so are not shown. */
function withAddresses(html: string, mark: string, addressOf: (url: string) => string): string {
  const [head = '', ...rest] = html.split(mark);
  const images = rest.map((text, index) => {
    // The address is encoded, so the attribute ends with the first character that encoding leaves none of.
    const [encoded = ''] = /^[\w.!~*'()%-]*/.exec(text) ?? [];
    const address = index < MAX_IMAGES ? addressOf(decodeURIComponent(encoded)) : '';
    return address.replaceAll('&', '&amp;') + text.slice(encoded.length);
  });
  return head + images.join('');
}

/** Shows that we have found this address in this message. */
export function imageKey(secrets: Secrets, messageId: number, url: string): string {
  return secrets.sign('mail.image', `${messageId} ${url}`).slice(0, 24);
}

/** The beginning of an image in which its address is looked for. */
const IMAGE = /<img\b[^<>]{0,4000}/gi;

/** Whether a mail has remote pictures, as far as a look at its HTML tells; what is shown the cleaning decides. */
export function hasRemotePictures(html: string): boolean {
  for (const [image] of html.matchAll(IMAGE))
    if (/\bsrc\s{0,20}=\s{0,20}["']?\s{0,20}https?:/i.test(image)) return true;
  return false;
}
