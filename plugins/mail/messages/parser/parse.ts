/** One raw message to what is shown of it. Runs in the worker thread; bounded in what it gives back. */
import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import { sanitizeText, separated } from '#core/thread-kit.ts';
import { authorsOf } from '../authors.ts';
import { isAutomatic } from './automatic.ts';
import { type Bounce, bouncesOf, bytesOf } from './bounce.ts';
import { linksOf, textOf } from './html.ts';
import { senderNameOf } from './sender-name.ts';
import { signedContent } from './signed-content.ts';
import { readableSource } from './source.ts';
import { fromUtf7, isUtf7 } from './utf7.ts';
import { findVerificationCode } from './verification-code.ts';

export interface ParsedMessage {
  sender: string;
  /** What one author with one address calls themselves; '' for nothing. It proves nothing, and is shown beside the address. */
  senderName: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  preview: string;
  verificationCode: string;
  /** The text as the search index wants it. */
  words: string;
  /** Where the mail leads. */
  links: string[];
  /** Message-ID without its brackets; '' without one. */
  messageRef: string;
  /** What it answers: In-Reply-To and References, newest first. */
  references: string[];
  attachments: AttachmentInfo[];
  /** What a delivery status notification reports of each recipient (RFC 3464); none in ordinary mail. */
  bounces: Bounce[];
  /** Written by a program, or sent to a list: it gets no automatic answer (RFC 3834). */
  isAutomatic: boolean;
  /** Addresses that answers should go to; none: the sender's. */
  replyTo: string[];
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
/** A text that begins with more blank lines than this has no preview. */
const MAX_BEFORE_PREVIEW = 20_000;
/** postal-mime compares each line with the boundaries of all multiparts. */
const MAX_BOUNDARIES = 1_000;
const SMALL_BYTES = 64 * 1024;
const MAX_ATTACHMENTS = 1_000;
const MAX_REFERENCE = 255;
const MAX_REFERENCES = 20;
const MAX_REPLY_TO = 10;

export async function parseMessage(raw: Uint8Array): Promise<ParsedMessage> {
  const mail = await parsed(raw);
  const written = isUtf7(bufferOf(raw)) ? fromUtf7 : (text: string) => text;
  const html = sanitizeText(written(mail.html ?? ''), MAX_CONTENT);
  const plain = sanitizeText(written(mail.text || bodyWithoutParts(mail, raw)), MAX_CONTENT);
  const ofHtml = sanitizeText(textOf(html), MAX_CONTENT);
  const text = isBlank(plain) ? ofHtml : plain;
  const subject = sanitizeText(mail.subject ?? '', MAX_FIELD);
  // A name without an address is nobody that could have been checked, also where it looks like an address.
  const authors = authorsOf(raw);
  const sender = sanitizeText(authors.addresses.join(', '), MAX_FIELD);
  return {
    sender,
    senderName: senderNameOf(authors, mail.from),
    to: sanitizeText([...(mail.to ?? []), ...(mail.cc ?? [])].map(addressText).join(', '), MAX_FIELD),
    subject,
    text,
    html,
    preview: previewOf(text),
    verificationCode: findVerificationCode(subject, text) || findVerificationCode('', ofHtml),
    words: separated(text).toWellFormed(),
    links: linksOf(html, text).map((link) => sanitizeText(link, MAX_FIELD)),
    messageRef: reference(mail.messageId ?? ''),
    references: referencesOf(`${mail.references ?? ''} ${mail.inReplyTo ?? ''}`),
    attachments: mail.attachments.slice(0, MAX_ATTACHMENTS).map(infoOf),
    bounces: bouncesOf(mail),
    isAutomatic: isAutomatic(mail.headers, sender),
    replyTo: (mail.replyTo ?? [])
      .flatMap((one) => one.group ?? [one])
      .slice(0, MAX_REPLY_TO)
      .map((one) => sanitizeText(addressText(one), MAX_FIELD)),
  };
}

/** One attachment of a message, by its place in the list; null when there is none. */
export async function attachmentOf(raw: Uint8Array, index: number) {
  const mail = await parsed(raw);
  const found = mail.attachments[index];
  return found ? { info: infoOf(found, index), content: bytesOf(found) } : null;
}

/**
 * The body of a multipart whose boundary is wrong or missing, in which no part was found: shown as text, as other readers do.
 * An empty mail would be one that nobody looks for.
 */
function bodyWithoutParts({ html, attachments, headers }: Email, raw: Uint8Array): string {
  const type = headers.find(({ key }) => key === 'content-type')?.value ?? '';
  if (html || attachments.length > 0 || !/^\s*multipart\//i.test(type)) return '';
  const bytes = bufferOf(raw);
  const ends = ['\r\n\r\n', '\n\n'].map((mark) => bytes.indexOf(mark)).filter((at) => at >= 0);
  if (ends.length === 0) return '';
  const begin = Math.min(...ends);
  return bytes.toString('utf8', begin, begin + MAX_CONTENT).trim();
}

/** Senders put a space where no text is. */
function isBlank(text: string): boolean {
  return text.trim() === '';
}

async function parsed(raw: Uint8Array, isEnclosed = false): Promise<Email> {
  if (hasTooManyMultiparts(raw)) throw new Error('it has too many multiparts');
  const limits = { maxNestingDepth: MAX_NESTING, maxHeadersSize: MAX_HEADER_BYTES };
  const mail = await PostalMime.parse(readableSource(raw), limits);
  const [only, ...more] = mail.attachments;
  const isSigned = !isEnclosed && more.length === 0 && /^application\/(x-)?pkcs7-mime$/i.test(only?.mimeType ?? '');
  const signed = only && isSigned ? signedContent(Buffer.from(bytesOf(only))) : null;
  if (!only || !signed) return mail;
  // The signed mail takes the place of its envelope, which stays to be taken along.
  const { text, html, attachments } = await parsed(signed, true);
  return { ...mail, text: text || mail.text, html: html || mail.html, attachments: [...attachments, only] };
}

/** In large messages alone: it takes a large one for this to matter. */
function hasTooManyMultiparts(raw: Uint8Array): boolean {
  if (raw.length <= SMALL_BYTES) return false;
  const text = bufferOf(raw).toString('latin1');
  const pattern = /boundary[^=\n]{0,60}=/gi;
  for (let count = 0; count <= MAX_BOUNDARIES; count++) if (!pattern.test(text)) return false;
  return true;
}

function bufferOf(raw: Uint8Array): Buffer {
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
}

function infoOf(attachment: Attachment, index: number): AttachmentInfo {
  return {
    index,
    filename: safeName(attachment.filename ?? '', attachment.mimeType),
    content_type: sanitizeText(attachment.mimeType, 200),
    size_bytes: bytesOf(attachment).length,
    content_id: reference(attachment.contentId ?? ''),
    is_inline: attachment.disposition === 'inline' || Boolean(attachment.related),
  };
}

/** A name to save under: the last part of a path, without characters that a file system or a header gives a meaning. */
function safeName(given: string, mimeType: string): string {
  const last = given.slice(-MAX_FIELD).split(/[/\\]/).at(-1) ?? '';
  const clean = sanitizeText(last, 200)
    .replace(/[\x00-\x1f\x7f<>:"|?*\u202a-\u202e\u2066-\u2069]/g, '_')
    .replace(/^\.+/, '')
    .trim();
  return clean || `attachment.${/\/([a-z0-9]{1,10})$/.exec(mimeType)?.[1] ?? 'bin'}`;
}

function previewOf(text: string): string {
  const beginning = text.slice(0, MAX_BEFORE_PREVIEW).replace(/\s+/g, ' ').trim();
  return beginning.slice(0, PREVIEW_LENGTH).toWellFormed();
}

function reference(messageId: string): string {
  return sanitizeText(messageId.trim().slice(0, MAX_FIELD).replace(/^<|>$/g, ''), MAX_REFERENCE);
}

function referencesOf(text: string): string[] {
  const found = text.match(/<[^<>\s]{1,998}>/g) ?? [];
  return [...new Set(found.map(reference))].reverse().slice(0, MAX_REFERENCES);
}

function addressText(address: Address): string {
  return address.address ?? address.group?.map(addressText).join(', ') ?? address.name ?? '';
}
