/** What a submission server sees to in the header of a message (RFC 6409 §8): Bcc goes, Date and Message-ID are there. */

import { mailDate } from '../../messages/mail-date.ts';

/** Nobody but who writes the message is to read these (RFC 5322 §3.6.3), or they are for the last server to set (RFC 5321 §4.4). */
const LEFT_OUT = new Set(['bcc', 'resent-bcc', 'return-path']);

export interface Missing {
  /** The trace field of who takes it in, with its line end. */
  received: string;
  messageId: string;
  /** Milliseconds since the epoch. */
  date: number;
}

export function completedHeader(raw: Buffer, { received, messageId, date }: Missing): Buffer {
  const kept: Buffer[] = [];
  const names = new Set<string>();
  let isKept = true;
  let at = 0;
  while (at < raw.length) {
    const newline = raw.indexOf(0x0a, at);
    const end = newline < 0 ? raw.length : newline + 1;
    const line = raw.subarray(at, end);
    if (isBlank(line)) break;
    const isFolded = line[0] === 0x20 || line[0] === 0x09;
    if (!isFolded) {
      const name = nameOf(line);
      isKept = !LEFT_OUT.has(name);
      if (isKept) names.add(name);
    }
    if (isKept) kept.push(line);
    at = end;
  }
  const added = [
    received,
    ...(names.has('date') ? [] : [`Date: ${mailDate(date)}\r\n`]),
    ...(names.has('message-id') ? [] : [`Message-ID: ${messageId}\r\n`]),
  ];
  return Buffer.concat([Buffer.from(added.join('')), ...kept, raw.subarray(at)]);
}

function isBlank(line: Buffer): boolean {
  return line[0] === 0x0a || (line[0] === 0x0d && line[1] === 0x0a);
}

/** Also with blanks before the colon, as old programs write it (RFC 5322 §4.5). */
function nameOf(line: Buffer): string {
  const text = line.toString('latin1', 0, 100);
  return text
    .slice(0, Math.max(0, text.indexOf(':')))
    .trim()
    .toLowerCase();
}
