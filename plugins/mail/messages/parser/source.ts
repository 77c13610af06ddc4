/**
 * What is put right of a message's bytes before the parser reads them, where senders write what no standard allows and readers
 * understand all the same. Each look is native and over in a moment for the mails that need nothing of it.
 */
import { isUtf8 } from 'node:buffer';
import { withoutUtf7Words } from './utf7.ts';

const HEADER_BYTES = 256 * 1024;
const CHARSET = /\bcharset\s*=\s*["']?([\w:.-]{2,40})/i;
/** Fields of parts that hold names of files, with the lines that continue them. */
const NAMING_FIELDS = /^content-(?:type|disposition):[^\r\n]*(?:\r?\n[ \t][^\r\n]*){0,20}/gim;
const MULTIPART = /^(content-type[ \t]*:\s*)multipart\/[\w.+-]+(?=\s*;|\s*$)/i;
const BOUNDARY = /;\s*boundary\s*=\s*(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))/i;
const DELIMITER = /^--([^\r\n]{1,204})/gm;
/** Two words of one kind side by side (RFC 2047 §2): what is white between them means nothing (§6.2). */
const WORD = /=\?([\w:.-]{2,40}(?:\*[\w-]{0,20})?)\?([bq])\?([^?\s]{0,2000})\?=/gi;
/** Fields that a message has once (RFC 5322 §3.6, RFC 2045 §3). */
const ONCE =
  /^(subject|reply-to|message-id|in-reply-to|references|date|content-(?:type|transfer-encoding))[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*/gim;
const FLOWED = /(;\s*)format\s*=\s*"?flowed"?/gi;

/** The same bytes, or others that say what was meant. */
export function readableSource(raw: Uint8Array): Uint8Array {
  let bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  if (!isUtf8(bytes)) bytes = withUtf8Fields(bytes);
  bytes = withoutEmptyMultiparts(withWholeWords(withoutRepeats(bytes)));
  return withoutFlowedQuotes(bytes);
}

/**
 * Of a field that stands there more than once the last one is read, which is the one that a signature is about (RFC 6376 §5.4.2):
 * who passes a signed mail on could put another subject, or another place for answers, above it.
 */
function withoutRepeats(bytes: Buffer): Buffer {
  const end = endOfHeader(bytes);
  const header = `${bytes.toString('latin1', 0, end)}\n`;
  const last = new Map<string, number>();
  for (const { 1: name = '', index } of header.matchAll(ONCE)) last.set(name.toLowerCase(), index);
  const kept = header.replace(ONCE, (field, name: string, index: number) =>
    last.get(name.toLowerCase()) === index ? field : '',
  );
  return kept === header ? bytes : Buffer.concat([Buffer.from(kept.slice(0, -1), 'latin1'), bytes.subarray(end)]);
}

/**
 * Parts of a mail that say to be a multipart and have none of its parts, since the boundary is a wrong one: they are text, as
 * other readers take them, and not nothing. What the mail itself says to be stays, for whoever asks what it is.
 */
function withoutEmptyMultiparts(bytes: Buffer): Buffer {
  if (!['multipart/', 'Multipart/', 'MULTIPART/'].some((word) => bytes.includes(word))) return bytes;
  const end = endOfHeader(bytes);
  const text = bytes.toString('latin1', end);
  const boundaryOf = (field: string): string | null => {
    const [, quoted, plain] = (MULTIPART.test(field) && BOUNDARY.exec(field)) || [];
    return quoted ?? plain ?? null;
  };
  const declared = new Set([...text.matchAll(NAMING_FIELDS)].flatMap(([field]) => boundaryOf(field) ?? []));
  for (const [, line = ''] of text.matchAll(DELIMITER)) {
    if (declared.size === 0) break;
    const boundary = line.trimEnd();
    declared.delete(boundary);
    if (boundary.endsWith('--')) declared.delete(boundary.slice(0, -2));
  }
  if (declared.size === 0) return bytes;
  const readable = text.replace(NAMING_FIELDS, (field) =>
    declared.has(boundaryOf(field) ?? '') ? field.replace(MULTIPART, '$1text/plain') : field,
  );
  return Buffer.concat([bytes.subarray(0, end), Buffer.from(readable, 'latin1')]);
}

/** Encoded words that were cut within a character become one. */
export function wholeWords(given: string): string {
  const text = withoutUtf7Words(given);
  if (!/\?=\s+=\?/.test(text)) return text;
  let result = '';
  let last: { charset: string; encoding: string; payloads: string[] } | null = null;
  let end = 0;
  const flush = (): void => {
    if (last) result += wordOf(last);
    last = null;
  };
  for (const match of text.matchAll(WORD)) {
    const [whole, charset = '', encoding = '', payload = ''] = match;
    const between = text.slice(end, match.index);
    const isNext =
      last !== null &&
      between.trim() === '' &&
      last.charset === charset.toLowerCase() &&
      last.encoding === encoding.toLowerCase();
    if (isNext && last) last.payloads.push(payload);
    else {
      flush();
      result += between;
      last = { charset: charset.toLowerCase(), encoding: encoding.toLowerCase(), payloads: [payload] };
    }
    end = match.index + whole.length;
  }
  flush();
  return result + text.slice(end);
}

function wordOf({ charset, encoding, payloads }: { charset: string; encoding: string; payloads: string[] }): string {
  const joined =
    encoding === 'q'
      ? payloads.join('')
      : Buffer.concat(payloads.map((payload) => Buffer.from(payload, 'base64'))).toString('base64');
  return `=?${charset}?${encoding}?${payloads.length > 1 ? joined : (payloads[0] ?? '')}?=`;
}

function withWholeWords(bytes: Buffer): Buffer {
  const end = endOfHeader(bytes);
  const header = bytes.toString('latin1', 0, end);
  const whole = wholeWords(header);
  return whole === header ? bytes : Buffer.concat([Buffer.from(whole, 'latin1'), bytes.subarray(end)]);
}

/**
 * Raw bytes in fields, which RFC 5322 does not know and RFC 6532 wants in UTF-8: they are in the charset of the text, as most
 * readers take them, or in GB 18030, which older senders in China use.
 */
function withUtf8Fields(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const charset = CHARSET.exec(text)?.[1] ?? 'gb18030';
  const end = endOfHeader(bytes);
  const header = utf8Of(text.slice(0, end), charset);
  const body = text.slice(end).replace(NAMING_FIELDS, (field) => utf8Of(field, charset));
  return Buffer.from(header + body, 'latin1');
}

/** Bytes, one a character, in UTF-8; the same when they are so already, or nobody can tell. */
function utf8Of(text: string, charset: string): string {
  const bytes = Buffer.from(text, 'latin1');
  if (isUtf8(bytes)) return text;
  for (const each of [charset, 'gb18030', 'windows-1252']) {
    try {
      return Buffer.from(new TextDecoder(each, { fatal: true }).decode(bytes)).toString('latin1');
    } catch {
      // Not written so, or a name that nobody knows: the next one.
    }
  }
  return text;
}

/** Quoted lines of flowed text (RFC 3676 §4.5) would be joined with their marks in the middle: they stay lines. */
function withoutFlowedQuotes(bytes: Buffer): Buffer {
  if (!bytes.includes('flowed') || !bytes.includes('\n>')) return bytes;
  return Buffer.from(bytes.toString('latin1').replace(FLOWED, '$1format=fixed'), 'latin1');
}

function endOfHeader(bytes: Buffer): number {
  const ends = ['\r\n\r\n', '\n\n'].map((mark) => bytes.indexOf(mark)).filter((at) => at >= 0);
  return Math.min(bytes.length, HEADER_BYTES, ...ends);
}
