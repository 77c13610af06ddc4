/** A quick look at a message's header, so that lists show it before the parser has been there. */
import { decodeWords } from 'postal-mime';
import { storable } from '#core/database/storable.ts';
import type { HeaderGlance } from '../contract.ts';

/** Fields that stand further down are left to the parser. */
const MAX_BYTES = 8 * 1024;
const MAX_LENGTH = 500;
const FROM = fieldPattern('from');
const TO = fieldPattern('to');
const SUBJECT = fieldPattern('subject');

/** From and To as addresses, the subject decoded (RFC 2047); '' for what is not there. */
export function glance(head: Buffer): HeaderGlance {
  const text = head.toString('utf8', 0, MAX_BYTES);
  const end = text.indexOf('\r\n\r\n');
  const header = end < 0 ? text : text.slice(0, end + 2);
  return {
    from: addresses(field(header, FROM)),
    to: addresses(field(header, TO)),
    subject: decoded(field(header, SUBJECT)),
  };
}

function fieldPattern(name: string): RegExp {
  return new RegExp(`(?:^|\\n)${name}:[ \\t]*([^\\r\\n]*(?:\\r?\\n[ \\t][^\\r\\n]*){0,20})`, 'i');
}

function field(header: string, pattern: RegExp): string {
  return (pattern.exec(header)?.[1] ?? '')
    .replace(/\r?\n[ \t]/g, ' ')
    .trim()
    .slice(0, MAX_LENGTH);
}

function decoded(value: string): string {
  return storable(value.includes('=?') ? decodeWords(value) : value, MAX_LENGTH);
}

/** What stands in angle brackets, when there is any. */
function addresses(value: string): string {
  const bracketed = [...value.matchAll(/<([^<>\s]+)>/g)].flatMap(([, inside = '']) =>
    inside.includes('@') ? inside : [],
  );
  return storable(bracketed.length > 0 ? bracketed.join(', ') : value, MAX_LENGTH);
}
