/** The bytes of one delivery: composed or as they came in, signed or sealed by our domain. */
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../../config.ts';
import type { DeliveryRow, SentRow } from '../../tables.ts';
import { compose } from './compose.ts';
import type { Dkim } from './dkim.ts';

/** A copy that passed through here more often goes in circles. */
const MAX_LOOPS = 3;

export interface OutgoingMessages {
  /** Null for a forward that has been here too often. */
  bytesOf(sent: SentRow, delivery: DeliveryRow): Promise<Buffer | null>;
}

export function createOutgoingMessages({
  blobs,
  config,
  dkim,
  mailer,
}: Services & { dkim: Dkim; config: MailConfig }): OutgoingMessages {
  return {
    async bytesOf(sent, delivery) {
      const domain = sent.from_addr.slice(sent.from_addr.lastIndexOf('@') + 1);
      if (sent.blob_id === null) return signed(await compose(sent), domain);
      const raw = await blobs.read(sent.blob_id);
      if (sent.kind === 'submitted') return signed(raw, domain);
      const loops = loopsOf(raw);
      if (loops >= MAX_LOOPS) return null;
      const sealed = config.sending.arc ? await dkim.seal(raw, domain, authResultsOf(sent)) : raw;
      const trace = `X-Patchbay-Loop: ${loops + 1}\r\nX-Forwarded-To: ${delivery.recipient}\r\nX-Forwarded-For: ${sent.from_addr}\r\n`;
      return Buffer.concat([Buffer.from(trace), sealed]);
    },
  };

  function signed(raw: Buffer, domain: string): Promise<Buffer> | Buffer {
    return config.sending.dkim && mailer.transport !== 'log' ? dkim.sign(raw, domain) : raw;
  }
}

function loopsOf(raw: Buffer): number {
  const end = raw.indexOf('\r\n\r\n');
  const header = raw.toString('latin1', 0, end < 0 ? Math.min(raw.length, 65_536) : end);
  return header.match(/^x-patchbay-loop:/gim)?.length ?? 0;
}

function authResultsOf(sent: SentRow): string {
  const headers: Record<string, string> = JSON.parse(sent.headers);
  return headers['authentication-results'] ?? 'localhost; none';
}
