/** Outgoing messages: the bytes of one delivery, composed or as they came in, signed or sealed by our domain. */
import { buffer } from 'node:stream/consumers';
import type { Delivery } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import type { Attachments } from '../messages/attachments.ts';
import { withoutOwnResults } from '../messages/authentication/own-results.ts';
import { ownName } from '../messages/own-name.ts';
import { withoutReturnPath } from '../messages/trace-fields.ts';
import { compose, partsOf, type SentFile } from './compose.ts';
import type { Dkim } from './dkim.ts';
import { resultsForSeal } from './forwarded-results.ts';
import type { DeliveryRow, SentRow } from './tables.ts';

/** A copy that passed through here more often goes in circles. */
const MAX_LOOPS = 3;
/** Files that may go with one mail. */
export const MOST_FILES = 20;

export interface OutgoingMessages {
  /** Null for a forward that has been here too often. */
  bytesOf(sent: SentRow, delivery: DeliveryRow): Promise<Buffer | null>;
  /** The same in parts, of what was composed here, for ways out that take no finished message; nothing of others. */
  inParts(sent: SentRow): Promise<Pick<Delivery, 'parts' | 'files'>>;
}

export function createOutgoingMessages({
  blobs,
  config,
  dkim,
  mailAttachments,
  mailer,
}: Services & { dkim: Dkim; mailAttachments: Attachments; config: MailConfig }): OutgoingMessages {
  return {
    async bytesOf(sent, delivery) {
      const domain = sent.from_addr.slice(sent.from_addr.lastIndexOf('@') + 1);
      if (sent.blob_id === null) return signed(await compose(sent), domain);
      const stored = await blobs.read(sent.blob_id);
      if (sent.kind !== 'forwarded') return signed(stored, domain);
      const raw = withoutOwnResults(withoutReturnPath(stored), ownName(config));
      const loops = loopsOf(raw);
      if (loops >= MAX_LOOPS) return null;
      const trace = `X-Patchbay-Loop: ${loops + 1}\r\nX-Forwarded-To: ${delivery.recipient}\r\nX-Forwarded-For: ${sent.from_addr}\r\n`;
      const copy = Buffer.concat([Buffer.from(trace), raw]);
      if (!config.sending.arc) return copy;
      // Sealed last: nothing is added to it after that (RFC 8617 §5.1).
      return dkim.seal(copy, domain, resultsForSeal(JSON.parse(sent.headers), ownName(config)));
    },
    async inParts(sent) {
      if (sent.kind !== 'composed') return {};
      const parts = partsOf(sent);
      if (sent.blob_id === null || mailer.transport !== 'resend') return { parts };
      return { parts, files: await filesIn(sent.blob_id) };
    },
  };

  async function filesIn(blobId: number): Promise<SentFile[]> {
    const files: SentFile[] = [];
    for (let index = 0; index < MOST_FILES; index++) {
      const taken = await mailAttachments.take(blobId, index);
      if (!taken) break;
      const { filename, content_type } = taken.info;
      files.push({ filename, content_type, content: await buffer(taken.stream) });
    }
    return files;
  }

  function signed(raw: Buffer, domain: string): Promise<Buffer> | Buffer {
    return config.sending.dkim && mailer.transport !== 'log' ? dkim.sign(raw, domain) : raw;
  }
}

function loopsOf(raw: Buffer): number {
  const end = raw.indexOf('\r\n\r\n');
  const header = raw.toString('latin1', 0, end < 0 ? Math.min(raw.length, 65_536) : end);
  return header.match(/^x-patchbay-loop[ \t]*:/gim)?.length ?? 0;
}
