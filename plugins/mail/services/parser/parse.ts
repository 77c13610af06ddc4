/** One raw message to what is shown of it. Runs in the worker thread; bounded in what it gives back. */
import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import { findVerificationCode } from '../verification-code.ts';
import { type Bounce, bounceOf, bytesOf } from './bounce.ts';
import { separated } from './words.ts';

export interface ParsedMessage {
  sender: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  preview: string;
  verificationCode: string;
  /** The text as the search index wants it. */
  words: string;
  /** Message-ID without its brackets; '' without one. */
  messageRef: string;
  /** What it answers: In-Reply-To and References, newest first. */
  references: string[];
  attachments: AttachmentInfo[];
  /** What a delivery status notification reports (RFC 3464); null for ordinary mail. */
  bounce: Bounce | null;
}

export interface AttachmentInfo {
  index: number;
  filename: string;
  content_type: string;
  size_bytes: number;
  /** For `cid:` links in the HTML; '' without one. */
  content_id: string;
  is_inline: boolean;
}

const MAX_NESTING = 100;
const MAX_HEADER_BYTES = 2 * 1024 * 1024;
const MAX_FIELD = 2_000;
const MAX_CONTENT = 2 * 1024 * 1024;
const PREVIEW_LENGTH = 200;
const MAX_ATTACHMENTS = 1_000;
const MAX_REFERENCE = 255;
const MAX_REFERENCES = 20;

export async function parseMessage(raw: Uint8Array): Promise<ParsedMessage> {
  const mail = await parsed(raw);
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
    words: separated(text).toWellFormed(),
    messageRef: reference(mail.messageId ?? ''),
    references: referencesOf(`${mail.references ?? ''} ${mail.inReplyTo ?? ''}`),
    attachments: mail.attachments.slice(0, MAX_ATTACHMENTS).map(infoOf),
    bounce: bounceOf(mail.attachments),
  };
}

/** One attachment of a message, by its place in the list; null when there is none. */
export async function attachmentOf(raw: Uint8Array, index: number) {
  const mail = await parsed(raw);
  const found = mail.attachments[index];
  return found ? { info: infoOf(found, index), content: bytesOf(found) } : null;
}

function parsed(raw: Uint8Array): Promise<Email> {
  return PostalMime.parse(raw, { maxNestingDepth: MAX_NESTING, maxHeadersSize: MAX_HEADER_BYTES });
}

function infoOf(attachment: Attachment, index: number): AttachmentInfo {
  return {
    index,
    filename: safeName(attachment.filename ?? '', attachment.mimeType),
    content_type: stored(attachment.mimeType, 200),
    size_bytes: bytesOf(attachment).length,
    content_id: reference(attachment.contentId ?? ''),
    is_inline: attachment.disposition === 'inline' || Boolean(attachment.related),
  };
}

/** A name to save under: the last part of a path, without characters that a file system or a header gives a meaning. */
function safeName(given: string, mimeType: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? '';
  const clean = stored(last, 200)
    .replace(/[\x00-\x1f\x7f<>:"|?*\u202a-\u202e\u2066-\u2069]/g, '_')
    .replace(/^\.+/, '')
    .trim();
  return clean || `attachment.${/\/([a-z0-9]{1,10})$/.exec(mimeType)?.[1] ?? 'bin'}`;
}

function reference(messageId: string): string {
  return stored(messageId.trim().replace(/^<|>$/g, ''), MAX_REFERENCE);
}

function referencesOf(text: string): string[] {
  const found = text.match(/<[^<>\s]{1,998}>/g) ?? [];
  return [...new Set(found.map(reference))].reverse().slice(0, MAX_REFERENCES);
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
