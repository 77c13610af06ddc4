/** Reads delivery status notifications (RFC 3464). */
import type { Attachment, Email } from 'postal-mime';
import { sanitizeText } from '#core/thread-kit.ts';

/** What a notification says about one recipient. */
export interface Bounce {
  action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';
  /** Enhanced status code (RFC 3463), e.g. 5.1.1. */
  status: string;
  diagnostic: string;
  /** Final-Recipient and Original-Recipient, in small letters: each may be the one that a mail was sent to. */
  recipients: string[];
}

const ACTIONS = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;
const MAX_DIAGNOSTIC = 500;
const MAX_REPORT_BYTES = 64 * 1024;
/** A mail of ours has one recipient in its envelope. */
const MAX_RECIPIENTS = 50;

/** One for each recipient that it names; none for what is not of the type that RFC 3464 §2 asks for. */
export function bouncesOf({ headers, attachments }: Email): Bounce[] {
  const type = headers.find(({ key }) => key === 'content-type')?.value ?? '';
  if (!/^\s*multipart\/report\b.*report-type\s*=\s*"?delivery-status\b/is.test(type.slice(0, 1_000))) return [];
  const report = attachments.find(({ mimeType }) => /^message\/(global-)?delivery-status$/i.test(mimeType));
  if (!report) return [];
  return Buffer.from(bytesOf(report))
    .toString('utf8', 0, MAX_REPORT_BYTES)
    .replace(/\r\n/g, '\n')
    .replace(/\n[ \t]+(?=\S)/g, ' ')
    .split(/\n[ \t]*\n/)
    .slice(0, MAX_RECIPIENTS + 1)
    .flatMap(aboutOne);
}

function aboutOne(fields: string): Bounce[] {
  const action = ACTIONS.find((one) => one === field(fields, 'action').toLowerCase());
  if (!action) return [];
  const recipients = [field(fields, 'final-recipient'), field(fields, 'original-recipient')];
  return [
    {
      action,
      status: /^[245]\.\d{1,3}\.\d{1,3}/.exec(field(fields, 'status'))?.[0] ?? '',
      diagnostic: sanitizeText(field(fields, 'diagnostic-code'), MAX_DIAGNOSTIC),
      recipients: recipients.map(addressIn).filter((address) => address !== ''),
    },
  ];
}

/** `rfc822; <ada@example.com>`, or `utf-8; ad\x{E4}@example.com` (RFC 6533 §3). */
function addressIn(value: string): string {
  const type = value.slice(0, value.indexOf(';')).trim().toLowerCase();
  const address = value
    .slice(value.indexOf(';') + 1, 1_000)
    .trim()
    .replace(/^<(.*)>$/, '$1');
  return (type === 'utf-8' ? unescaped(address) : address).toLowerCase();
}

function unescaped(text: string): string {
  return text.replace(/\\x\{([0-9a-f]{2,6})\}/gi, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

export function bytesOf({ content }: Attachment): Uint8Array {
  if (typeof content === 'string') return Buffer.from(content);
  return content instanceof Uint8Array ? content : new Uint8Array(content);
}

function field(text: string, name: string): string {
  return new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(text)?.[1]?.trim() ?? '';
}
