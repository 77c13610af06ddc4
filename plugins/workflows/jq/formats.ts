// The `@name` formats: turning values into text for other languages. All are worked on piece by piece, and charged.
import { Failure } from './errors.ts';
import { describeValue, numberText, toJson } from './json.ts';
import { checkString, mapText, work, workText } from './limits.ts';
import type { Value } from './values.ts';

export function toText(value: Value): string {
  return typeof value === 'string' ? value : toJson(value);
}

export function formatAs(name: string, value: Value): string {
  switch (name) {
    case 'text':
      return toText(value);
    case 'json':
      return toJson(value);
    case 'csv':
      return row(value, 'csv', ',', csvCell);
    case 'tsv':
      return row(value, 'tsv', '\t', tsvCell);
    case 'html':
      return mapText(toText(value), (piece) => piece.replace(/[<>&'"]/g, (char) => HTML[char] ?? char), COSTLY);
    case 'uri':
      return mapText(toText(value), uriEncode, COSTLY);
    case 'urid':
      return uriDecode(value);
    case 'sh':
      return Array.isArray(value) ? joined(value, ' ', shellWord) : shellWord(value);
    case 'base64': {
      const text = toText(value);
      workText(2 * text.length);
      return Buffer.from(text).toString('base64');
    }
    case 'base64d':
      return base64Decode(value);
    case 'base32': {
      const text = toText(value);
      work(text.length);
      return base32(Buffer.from(text));
    }
    case 'base32d':
      return base32Decode(value);
    default:
      throw new Failure(`${name} is not a valid format`);
  }
}

/** What replaces single characters takes that many times as long as what copies them. */
const COSTLY = 8;

const TSV: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
/** What is reserved (RFC 3986 §2.2) and `encodeURIComponent` leaves as it is. */
const URI: Record<string, string> = { '!': '%21', "'": '%27', '(': '%28', ')': '%29', '*': '%2A' };
const HTML: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&apos;', '"': '&quot;' };

function csvCell(text: string): string {
  return `"${mapText(text, (piece) => piece.replaceAll('"', '""'), COSTLY)}"`;
}

function tsvCell(text: string): string {
  return mapText(text, (piece) => piece.replace(/[\\\t\n\r]/g, (char) => TSV[char] ?? char), COSTLY);
}

function row(value: Value, name: string, separator: string, quote: (text: string) => string): string {
  if (!Array.isArray(value)) throw new Failure(`${describeValue(value)} cannot be ${name}-formatted, only array`);
  return joined(value, separator, (cell) => {
    if (cell === null) return '';
    if (typeof cell === 'boolean') return String(cell);
    if (typeof cell === 'number') return Number.isNaN(cell) ? '' : numberText(cell);
    if (typeof cell === 'string') return quote(cell);
    throw new Failure(`${describeValue(cell)} is not valid in a csv row`);
  });
}

function joined(cells: Value[], separator: string, text: (cell: Value) => string): string {
  let line = '';
  for (const [position, cell] of cells.entries()) {
    work(2);
    line += (position === 0 ? '' : separator) + text(cell);
    checkString(line.length);
  }
  return line;
}

function shellWord(value: Value): string {
  if (typeof value === 'object' && value !== null) {
    throw new Failure(`${describeValue(value)} can not be escaped for shell`);
  }
  if (typeof value !== 'string') return toJson(value);
  return `'${mapText(value, (piece) => piece.replaceAll("'", "'\\''"), COSTLY)}'`;
}

function uriEncode(piece: string): string {
  return encodeURIComponent(piece.toWellFormed()).replace(/[!'()*]/g, (char) => URI[char] ?? char);
}

function uriDecode(value: Value): string {
  const text = toText(value);
  workText(COSTLY * text.length);
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Failure(`${describeValue(text)} is not a valid uri encoding`);
  }
}

function base64Decode(value: Value): string {
  const text = toText(value);
  workText(4 * text.length);
  const plain = text.replace(/={1,2}$/, '');
  if (/[^A-Za-z0-9+/]/.test(plain)) throw new Failure(`${describeValue(text)} is not valid base64 data`);
  if (plain.length % 4 === 1) throw new Failure(`${describeValue(text)} trailing base64 byte found`);
  return Buffer.from(plain, 'base64').toString();
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  if (bits > 0) text += BASE32[(held << (5 - bits)) & 31];
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=');
}

function base32Decode(value: Value): string {
  const text = toText(value);
  work(text.length);
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  let end = text.length;
  while (end > 0 && text[end - 1] === '=') end--;
  for (const char of text.slice(0, end)) {
    const digit = BASE32.indexOf(char);
    if (digit < 0) throw new Failure(`${describeValue(text)} is not valid base32 data`);
    held = ((held << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
    }
  }
  return Buffer.from(bytes).toString();
}
