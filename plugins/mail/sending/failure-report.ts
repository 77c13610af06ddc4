/** The report that a mail was not delivered (RFC 3464, RFC 6522), as a finished message. */
import { mailDate } from '../messages/mail-date.ts';

export interface FailedDelivery {
  /** Who says so: the name of this server. */
  reporter: string;
  /** The mailbox that is told. */
  to: string;
  recipient: string;
  subject: string;
  /** What the other side said, or why it was given up. */
  answer: string;
  /** Whether the other side refused it; else it was ended here. */
  isRefused: boolean;
  isForward: boolean;
  /** The header of the mail; null where it is not at hand. */
  header: Buffer | null;
  id: string;
  /** Milliseconds since the epoch. */
  arrivedAt: number;
  now: number;
}

const LINE = '\r\n';
const MAX_HEADER = 32 * 1024;
/** A line of a header has 998 letters at most (RFC 5322 §2.1.1). */
const MAX_VALUE = 900;

export function failureReport(failed: FailedDelivery): Buffer {
  const { reporter, to, recipient, id, header } = failed;
  const boundary = `report-${id}`;
  const part = (type: string, lines: readonly string[], encoding = '8bit'): string =>
    [`--${boundary}`, `Content-Type: ${type}`, `Content-Transfer-Encoding: ${encoding}`, '', ...lines, ''].join(LINE);
  const reference = messageIdIn(header);
  const beginning = [
    // What delivers a message says who it is from (RFC 5321 §4.4): nobody, since no report is to come of it.
    'Return-Path: <>',
    // An answer is to reach who runs the server (RFC 3464 §2): that address is taken in each domain of ours.
    `From: Mail delivery <postmaster@${to.slice(to.lastIndexOf('@') + 1)}>`,
    `To: <${to}>`,
    `Subject: ${encoded(`Not delivered: ${failed.subject}`)}`,
    `Date: ${mailDate(failed.now)}`,
    `Message-ID: <${id}@${reporter}>`,
    ...(reference ? [`In-Reply-To: ${reference}`, `References: ${reference}`] : []),
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status;${LINE} boundary="${boundary}"`,
    '',
    part('text/plain; charset=utf-8', textOf(failed)),
    part('message/delivery-status', statusFields(failed), '7bit'),
  ].join(LINE);
  const original =
    header ?? Buffer.from(`To: <${oneLine(recipient)}>${LINE}Subject: ${encoded(failed.subject)}${LINE}`);
  return Buffer.concat([
    Buffer.from(`${beginning}${part('text/rfc822-headers', [])}`),
    original.subarray(0, MAX_HEADER),
    Buffer.from(`${LINE}--${boundary}--${LINE}`),
  ]);
}

/** In ASCII alone (RFC 3464 §2.1). */
function statusFields(failed: FailedDelivery): string[] {
  const { type, text } = diagnosticOf(failed);
  return [
    `Reporting-MTA: dns; ${failed.reporter}`,
    `Arrival-Date: ${mailDate(failed.arrivedAt)}`,
    '',
    `Final-Recipient: ${addressField(oneLine(failed.recipient))}`,
    'Action: failed',
    `Status: ${statusOf(failed)}`,
    `Diagnostic-Code: ${type}; ${text.replace(/[^\x20-\x7e]/gu, '?')}`,
    `Last-Attempt-Date: ${mailDate(failed.now)}`,
  ];
}

/** What a server said begins with the code of its reply (RFC 3461 §9.2), not with what was said here about it. */
function diagnosticOf({ answer, isRefused }: FailedDelivery): { type: string; text: string } {
  const said = isRefused ? /(?:^|[\s:])([245]\d\d[ -].*)$/s.exec(answer)?.[1] : undefined;
  return said === undefined ? { type: 'x-patchbay', text: oneLine(answer) } : { type: 'smtp', text: oneLine(said) };
}

/** International addresses as RFC 6533 §3 writes them where only ASCII may stand. */
function addressField(address: string): string {
  if (/^[\x21-\x7e]*$/.test(address)) return `rfc822; ${address}`;
  const escaped = address.replace(
    /[^\x21-\x7e]|[+=\\]/gu,
    (letter) => `\\x{${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`,
  );
  return `utf-8; ${escaped}`;
}

function textOf({ recipient, subject, answer, isForward, isRefused }: FailedDelivery): string[] {
  const what = isForward ? 'A copy that this mailbox forwards' : 'Your mail';
  return [
    `${what} could not be delivered to ${oneLine(recipient)}. It is not tried again.`,
    '',
    `Subject: ${oneLine(subject)}`,
    `${isRefused ? 'The server there said' : 'Reason'}: ${oneLine(answer)}`,
    ...(isForward
      ? ['', 'The mail itself is in this mailbox. Of further copies to this address one report a day is made.']
      : []),
  ];
}

/** The code that the other side gave, or what happened here in the words of RFC 3463. */
function statusOf({ answer, isRefused }: FailedDelivery): string {
  const given = /\b[45]\.\d{1,3}\.\d{1,3}\b/.exec(answer)?.[0];
  if (isRefused) return given ?? '5.0.0';
  if (answer.startsWith('Gave up')) return '4.4.7';
  return /circles/.test(answer) ? '5.4.6' : '5.7.1';
}

function messageIdIn(header: Buffer | null): string | null {
  const beginning = header?.toString('latin1', 0, MAX_HEADER) ?? '';
  return /^message-id:\s*(<[^<>\s]{1,250}>)/im.exec(beginning)?.[1] ?? null;
}

function oneLine(text: string): string {
  return text
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .slice(0, MAX_VALUE)
    .trim();
}

/** RFC 2047, in words of at most 75 letters. */
function encoded(text: string): string {
  const line = oneLine(text).slice(0, 300).toWellFormed();
  if (/^[\x20-\x7e]*$/.test(line)) return line;
  const words: string[] = [];
  let word = '';
  for (const letter of line) {
    if (Buffer.byteLength(word + letter) > 42) {
      words.push(word);
      word = '';
    }
    word += letter;
  }
  return [...words, word].map((one) => `=?utf-8?B?${Buffer.from(one).toString('base64')}?=`).join(`${LINE} `);
}
