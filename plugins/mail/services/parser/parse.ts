/** One raw message to what is shown of it. Runs in the worker thread; bounded in what it gives back. */
import PostalMime, { type Address } from 'postal-mime';
import { findVerificationCode } from '../verification-code.ts';

export interface ParsedMessage {
  sender: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  preview: string;
  verificationCode: string;
}

const MAX_NESTING = 100;
const MAX_HEADER_BYTES = 2 * 1024 * 1024;
const MAX_FIELD = 2_000;
const MAX_CONTENT = 2 * 1024 * 1024;
const PREVIEW_LENGTH = 200;

export async function parseMessage(raw: Uint8Array): Promise<ParsedMessage> {
  const mail = await PostalMime.parse(raw, { maxNestingDepth: MAX_NESTING, maxHeadersSize: MAX_HEADER_BYTES });
  const html = stored(mail.html ?? '', MAX_CONTENT);
  const text = stored(mail.text ?? '', MAX_CONTENT) || textOf(html);
  const subject = stored(mail.subject ?? '', MAX_FIELD);
  return {
    sender: stored(mail.from ? addressText(mail.from) : '', MAX_FIELD),
    to: stored([...(mail.to ?? []), ...(mail.cc ?? [])].map(addressText).join(', '), MAX_FIELD),
    subject,
    text,
    html,
    preview: text.replace(/\s+/g, ' ').trim().slice(0, PREVIEW_LENGTH),
    verificationCode: findVerificationCode(subject, text),
  };
}

function addressText(address: Address): string {
  return address.address ?? address.group?.map(addressText).join(', ') ?? address.name ?? '';
}

/** PostgreSQL's text knows no NUL, and half a surrogate pair is not UTF-8. */
function stored(text: string, maxLength: number): string {
  return text.slice(0, maxLength).replaceAll('\0', '').toWellFormed();
}

/** What an HTML mail says, for the preview and the code. Not for showing: markup is cut, not cleaned. */
function textOf(html: string): string {
  return html
    .slice(0, 500_000)
    .replace(/<(style|script|head)\b[\s\S]*?<\/\1\s*>/gi, ' ')
    .replace(/<(?:br|\/p|\/div|\/tr|\/h\d)\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;/gi, ' ')
    .replace(/&lt;/gi, '<')
    .replace(/&gt;/gi, '>')
    .replace(/&quot;/gi, '"')
    .replace(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Math.min(Number(code), 0x10ffff)))
    .replace(/&amp;/gi, '&')
    .replace(/[ \t]+/g, ' ')
    .trim();
}
