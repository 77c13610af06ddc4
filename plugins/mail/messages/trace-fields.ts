/** Trace fields: what a server that takes a message writes on top of it (RFC 5321 §4.4). */
import { isIP } from 'node:net';
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import type { Envelope, OwnAddress } from '../contract.ts';
import { mailDate } from './mail-date.ts';
import { ownName } from './own-name.ts';

export interface MailTrace {
  /** Of this server, in what it writes on mail. */
  name: string;
  /** `Return-Path` and `Received` for a message that is delivered here; `way`: `ESMTPS` and the like (RFC 3848). */
  received(envelope: Envelope, recipients: readonly OwnAddress[], way: string): Buffer;
  /** `Received` of a message that somebody hands in for others: where its writer sits stays between them and us. */
  submitted(way: string): string;
}

/** Lines are to be no longer than 78 letters (RFC 5322 §2.1.1). */
const FOLD = '\r\n ';
/** What may stand there as it is: a domain or an address literal. Anything else is what a client made up. */
const HOST = /^[\w.:[\]-]{1,255}$/;

export function createMailTrace({ clock, config }: Services & { config: MailConfig }): MailTrace {
  const name = ownName(config);
  return {
    name,
    received(envelope, recipients, way) {
      const hop = [...hopOf(envelope), `by ${name} with ${way}`, ...forOne(recipients)].join(FOLD);
      const lines = [`Return-Path: <${clean(envelope.from)}>`, `Received: ${hop};${FOLD}${mailDate(clock.now())}`, ''];
      return Buffer.from(lines.join('\r\n'));
    },
    submitted: (way) => `Received: by ${name} with ${way};${FOLD}${mailDate(clock.now())}\r\n`,
  };
}

/** Without the return path on its first line: a message that goes on gets one where it is delivered. */
export function withoutReturnPath(raw: Buffer): Buffer {
  if (!/^return-path:/i.test(raw.toString('latin1', 0, 12))) return raw;
  const end = raw.indexOf('\r\n');
  return end < 0 ? raw : raw.subarray(end + 2);
}

function hopOf({ helo, remoteIp }: Envelope): string[] {
  if (!isIP(remoteIp)) return [];
  // RFC 5321 §4.1.3: an address literal of IPv6 says so.
  const literal = isIP(remoteIp) === 6 ? `[IPv6:${remoteIp}]` : `[${remoteIp}]`;
  return [`from ${HOST.test(helo) ? helo : literal} (${literal})`];
}

/** Whom it was written to, where that is one alone: others' addresses are nobody's business. */
function forOne([first, second]: readonly OwnAddress[]): string[] {
  return first && !second ? [`for <${clean(first.recipient ?? first.address)}>`] : [];
}

/** An address cannot end its line, nor the brackets around it. */
function clean(address: string): string {
  return address.replace(/[\p{Cc}<>]/gu, '');
}
