/**
 * Pictures of a mail by links that carry, sealed, what they show: the frame in which HTML mail stands has no cookie and no
 * origin, and nobody can make one of these or change where it leads.
 */
import Type from 'typebox';
import { type Outbound, type RateLimit, sealedLink } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import { mailErrors } from '../errors.ts';

/** Where they are. */
export const PICTURE_PATH = '/api/platform/mail/picture';

/**
 * Of one mailbox, whoever has the links: each is a request of this server to an address that a stranger wrote. Newsletters
 * have some dozens of pictures, and browsers keep those that they have.
 */
export const REMOTE_PICTURES: RateLimit = { name: 'mail.remotePictures', points: 300, windowSeconds: 60 };

/** A mail that stays open longer is opened anew. */
const VALID_MS = 3600_000;
const MAX_IMAGE_BYTES = 5 * 1024 * 1024;
const PICTURE = /^image\/(png|jpeg|gif|webp)$/;

export const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** Types that browsers show and do not run. */
export function isPicture(contentType: string): boolean {
  return PICTURE.test(contentType);
}

const Shown = Type.Object({
  message: Type.Integer(),
  /** An attachment, by its place in the list. */
  part: Type.Optional(Type.Integer()),
  /** A remote one. */
  url: Type.Optional(Type.String()),
});

/** The links to pictures of mails. */
export function pictureLinks({ secrets, clock }: Pick<Services, 'secrets' | 'clock'>) {
  const link = sealedLink({ secrets, clock }, { purpose: 'mail.picture', content: Shown, validMs: VALID_MS });
  return {
    open: link.open,
    /** The address of one on this server. */
    addressOf: (shown: Parameters<typeof link.seal>[0]) => `${PICTURE_PATH}?key=${link.seal(shown)}`,
  };
}

/** A remote picture, fetched so that its sender does not see who reads. Throws `attachment_not_found` for anything else. */
export async function remotePicture(url: string, outbound: Outbound): Promise<{ type: string; body: Buffer }> {
  const answer = await outbound.request(url, { maxBytes: MAX_IMAGE_BYTES }).catch(() => null);
  const type = answer?.headers['content-type']?.split(';')[0] ?? '';
  if (answer?.status !== 200 || !isPicture(type)) throw mailErrors.attachment_not_found();
  return { type, body: answer.body };
}
