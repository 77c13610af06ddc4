/** Receiving one message, from DATA to its durable rows. */
import type { SMTPServerDataStream } from 'smtp-server';
import type { BlobWriter } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { Envelope, OwnAddress } from '../contract.ts';
import type { MailAuthentication } from '../messages/authentication/mail-authentication.ts';
import { withoutOwnResults } from '../messages/authentication/own-results.ts';
import { createLineEndingCheck } from '../messages/line-endings.ts';
import type { MailTrace } from '../messages/trace-fields.ts';
import type { MailAcceptance } from './acceptance.ts';

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
/** So much of a header is looked at before it is stored; there is no honest mail that has more. */
const HEAD_BYTES = 128 * 1024;
const HEADER_END = '\r\n\r\n';

export interface Receiving {
  envelope: Envelope;
  recipients: readonly OwnAddress[];
  /** `ESMTPS` and the like. */
  way: string;
  services: Pick<Services, 'blobs'> & {
    mailAcceptance: MailAcceptance;
    mailAuthentication: MailAuthentication;
    mailTrace: MailTrace;
  };
}

/** Reads the stream to its end in any case. Throws a SmtpRefusal, or what storing threw. */
export async function receiveMessage(
  stream: SMTPServerDataStream,
  { envelope, recipients, way, services }: Receiving,
): Promise<void> {
  const { mailAuthentication, mailTrace } = services;
  const isTrusted = mailAuthentication.isTrusted(envelope.remoteIp);
  const writer = services.blobs.writer();
  try {
    await writer.write(mailTrace.received(envelope, recipients, way));
    const head = await readAll(stream, writer, (given) =>
      isTrusted ? given : withoutOwnResults(given, mailTrace.name),
    );
    if (hasTooManyHops(head)) throw new SmtpRefusal(554, '5.4.6 Too many hops: this message goes in circles', 'loop');
    const stored = await writer.finish();
    await services.mailAcceptance.accept({ envelope, recipients, stored, head });
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** The same for one that is whole already, without results of ours, and comes by HTTP. Throws what storing threw. */
export async function acceptWhole(
  raw: Buffer,
  { envelope, recipients, services }: Pick<Receiving, 'envelope' | 'recipients' | 'services'>,
): Promise<void> {
  const writer = services.blobs.writer();
  try {
    await writer.write(services.mailTrace.received(envelope, recipients, 'HTTP'));
    await writer.write(raw);
    const stored = await writer.finish();
    await services.mailAcceptance.accept({ envelope, recipients, stored, head: raw.subarray(0, HEAD_BYTES) });
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/**
 * Writes the bytes as they come, the header as `cleaned` gives it; gives those that hold the header. Events instead of iteration:
 * this is the hot path.
 */
function readAll(stream: SMTPServerDataStream, writer: BlobWriter, cleaned: (head: Buffer) => Buffer): Promise<Buffer> {
  const isBroken = createLineEndingCheck();
  const begun: Buffer[] = [];
  let headBytes = 0;
  /** Null as long as the header may go on. */
  let head: Buffer | null = null;
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
      let bytes = chunk;
      if (head === null) {
        begun.push(chunk);
        headBytes += chunk.length;
        // An end that is split between two pieces is passed over, which costs a longer head and nothing else.
        if (headBytes < HEAD_BYTES && !chunk.includes(HEADER_END)) return;
        head = cleaned(joined(begun));
        bytes = head;
      }
      const catchingUp = writer.write(bytes);
      if (!catchingUp) return;
      stream.pause();
      catchingUp.then(() => stream.resume(), fail);
    });
    let hasEnded = false;
    stream.on('end', () => {
      hasEnded = true;
      if (failure) reject(failure);
      else if (head !== null) resolve(head);
      else {
        const all = cleaned(joined(begun));
        Promise.resolve(writer.write(all)).then(() => resolve(all), reject);
      }
    });
    stream.on('error', reject);
    // The connection went away in the middle: nothing was promised, nothing is kept.
    stream.on('close', () => {
      if (!hasEnded) reject(failure ?? new SmtpRefusal(451, '4.4.2 The connection was lost', 'lost'));
    });
  });
}

function joined(chunks: readonly Buffer[]): Buffer {
  return chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks);
}

/** Whether a message goes in circles, by what each server on its way has put on top (RFC 5321 §6.3). */
export function hasTooManyHops(head: Buffer): boolean {
  const end = head.indexOf(HEADER_END);
  const header = head.toString('latin1', 0, end < 0 ? head.length : end);
  return (header.match(/^received[ \t]*:/gim)?.length ?? 0) > MAX_HOPS;
}
