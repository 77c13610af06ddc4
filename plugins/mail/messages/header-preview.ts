/** Header preview: a quick look at a message's header, so that lists show it before the parser has been there. */
import { lazily, sanitizeText } from '#core/kit.ts';
import type { HeaderGlance } from '../contract.ts';
import { authorsOf } from './authors.ts';
import { wholeWords } from './parser/source.ts';

const postalMime = lazily<typeof import('postal-mime')>('postal-mime', import.meta.url);
/** Fields that stand further down are left to the parser. */
const MAX_BYTES = 8 * 1024;
const MAX_LENGTH = 500;
const TO = fieldPattern('to');
const SUBJECT = fieldPattern('subject');

/** From and To as addresses, the subject decoded (RFC 2047); '' for what is not there. */
export function glance(head: Buffer): HeaderGlance {
  const text = head.toString('utf8', 0, MAX_BYTES);
  const end = text.indexOf('\r\n\r\n');
  const header = end < 0 ? text : text.slice(0, end + 2);
  return {
    from: authors(head.subarray(0, MAX_BYTES)),
    to: addresses(fields(header, TO).join(', ')),
    // The last one of several, as the parser has it.
    subject: decoded(fields(header, SUBJECT).at(-1) ?? ''),
  };
}

/** The same as the parser shows, and DMARC is asked about. */
function authors(head: Buffer): string {
  return sanitizeText(authorsOf(head).addresses.join(', '), MAX_LENGTH);
}

function fieldPattern(name: string): RegExp {
  return new RegExp(`(?<=^|\\n)${name}:[ \\t]*([^\\r\\n]*(?:\\r?\\n[ \\t][^\\r\\n]*){0,20})`, 'gi');
}

function fields(header: string, pattern: RegExp): string[] {
  return [...header.matchAll(pattern)].map(([, value = '']) =>
    value
      .replace(/\r?\n[ \t]/g, ' ')
      .trim()
      .slice(0, MAX_LENGTH),
  );
}

function decoded(value: string): string {
  return sanitizeText(value.includes('=?') ? postalMime().decodeWords(wholeWords(value)) : value, MAX_LENGTH);
}

/** What stands in angle brackets, when there is any. */
function addresses(value: string): string {
  const bracketed = [...value.matchAll(/<([^<>\s]+)>/g)].flatMap(([, inside = '']) =>
    inside.includes('@') ? inside : [],
  );
  return sanitizeText(bracketed.length > 0 ? bracketed.join(', ') : value, MAX_LENGTH);
}
