/** One message from DATA to its durable rows. */
import type { SMTPServerDataStream } from 'smtp-server';
import type { BlobWriter } from '#core/database/blobs.ts';
import type { Services } from '#core/plugin.ts';
import type { Envelope, OwnAddress } from '../contract.ts';
import type { MailAcceptance } from './acceptance.ts';
import { createLineEndingCheck } from './line-endings.ts';
import type { MailTrace } from './trace-fields.ts';

/** An answer that refuses, with its code and enhanced status code (RFC 3463). */
export class SmtpRefusal extends Error {
  readonly responseCode: number;
  readonly reason: string;
  constructor(responseCode: number, text: string, reason = 'other') {
    super(text);
    this.responseCode = responseCode;
    this.reason = reason;
  }
}

/** Hops before a message is taken for a loop (RFC 5321 §6.3 asks for at least 100 in general; own loops are shorter). */
const MAX_HOPS = 100;
const HEAD_BYTES = 64 * 1024;
const HEADER_END = '\r\n\r\n';

interface Receiving {
  envelope: Envelope;
  recipients: readonly OwnAddress[];
  /** `ESMTPS` and the like. */
  way: string;
  services: Pick<Services, 'blobs'> & { mailAcceptance: MailAcceptance; mailTrace: MailTrace };
}

/** Reads the stream to its end in any case. Throws a SmtpRefusal, or what storing threw. */
export async function receiveMessage(
  stream: SMTPServerDataStream,
  { envelope, recipients, way, services }: Receiving,
): Promise<void> {
  const writer = services.blobs.writer();
  try {
    await writer.write(services.mailTrace.received(envelope, recipients, way));
    const head = await readAll(stream, writer);
    if (countHops(head) > MAX_HOPS)
      throw new SmtpRefusal(554, '5.4.6 Too many hops: this message goes in circles', 'loop');
    const stored = await writer.finish();
    await services.mailAcceptance.accept({ envelope, recipients, stored, head });
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Writes the bytes as they come; gives those that hold the header. Events instead of iteration: this is the hot path. */
function readAll(stream: SMTPServerDataStream, writer: BlobWriter): Promise<Buffer> {
  const isBroken = createLineEndingCheck();
  const head: Buffer[] = [];
  let headBytes = 0;
  let isInHead = true;
  let failure: unknown = null;

  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      failure ??= error;
      stream.resume();
    };
    stream.on('data', (chunk: Buffer) => {
      if (failure) return;
      if (stream.sizeExceeded) return fail(new SmtpRefusal(552, '5.3.4 The message is too large', 'size'));
      if (isBroken(chunk)) {
        return fail(
          new SmtpRefusal(550, '5.6.11 Bare CR or LF is not allowed (RFC 5321 section 2.3.8)', 'line endings'),
        );
      }
      if (isInHead) {
        head.push(chunk);
        headBytes += chunk.length;
        // An end that is split between two pieces is passed over, which costs a longer head and nothing else.
        isInHead = headBytes < HEAD_BYTES && !chunk.includes(HEADER_END);
      }
      const catchingUp = writer.write(chunk);
      if (!catchingUp) return;
      stream.pause();
      catchingUp.then(() => stream.resume(), fail);
    });
    let hasEnded = false;
    stream.on('end', () => {
      hasEnded = true;
      if (failure) reject(failure);
      else resolve(head.length === 1 ? (head[0] ?? Buffer.alloc(0)) : Buffer.concat(head));
    });
    stream.on('error', reject);
    // The connection went away in the middle: nothing was promised, nothing is kept.
    stream.on('close', () => {
      if (!hasEnded) reject(failure ?? new SmtpRefusal(451, '4.4.2 The connection was lost', 'lost'));
    });
  });
}

function countHops(head: Buffer): number {
  const end = head.indexOf(HEADER_END);
  const header = head.toString('latin1', 0, end < 0 ? head.length : end);
  return header.match(/^received:/gim)?.length ?? 0;
}
