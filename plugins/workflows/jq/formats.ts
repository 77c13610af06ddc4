// The `@name` formats: turning values into text for other languages.
import { Failure } from './errors.ts';
import { describeValue, numberText, toJson } from './json.ts';
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
      return row(value, 'csv', ',', (text) => `"${text.replaceAll('"', '""')}"`);
    case 'tsv':
      return row(value, 'tsv', '\t', (text) => text.replace(/[\\\t\n\r]/g, (char) => TSV[char] ?? char));
    case 'html':
      return toText(value).replace(/[<>&'"]/g, (char) => HTML[char] ?? char);
    case 'uri':
      return Array.from(Buffer.from(toText(value)), uriByte).join('');
    case 'urid':
      return uriDecode(value);
    case 'sh':
      return Array.isArray(value) ? value.map(shellWord).join(' ') : shellWord(value);
    case 'base64':
      return Buffer.from(toText(value)).toString('base64');
    case 'base64d':
      return base64Decode(value);
    case 'base32':
      return base32(Buffer.from(toText(value)));
    case 'base32d':
      return base32Decode(value);
    default:
      throw new Failure(`${name} is not a valid format`);
  }
}

const TSV: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const HTML: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&apos;', '"': '&quot;' };

function row(value: Value, name: string, separator: string, quote: (text: string) => string): string {
  if (!Array.isArray(value)) throw new Failure(`${describeValue(value)} cannot be ${name}-formatted, only array`);
  const cells = value.map((cell) => {
    if (cell === null) return '';
    if (typeof cell === 'boolean') return String(cell);
    if (typeof cell === 'number') return Number.isNaN(cell) ? '' : numberText(cell);
    if (typeof cell === 'string') return quote(cell);
    throw new Failure(`${describeValue(cell)} is not valid in a csv row`);
  });
  return cells.join(separator);
}

function shellWord(value: Value): string {
  if (typeof value === 'object' && value !== null) {
    throw new Failure(`${describeValue(value)} can not be escaped for shell`);
  }
  return typeof value === 'string' ? `'${value.replaceAll("'", "'\\''")}'` : toJson(value);
}

function uriByte(byte: number): string {
  const char = String.fromCharCode(byte);
  return /[A-Za-z0-9\-_.~]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

function uriDecode(value: Value): string {
  const text = toText(value);
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Failure(`${describeValue(text)} is not a valid uri encoding`);
  }
}

function base64Decode(value: Value): string {
  const text = toText(value);
  const plain = text.replace(/=+$/, '');
  if (/[^A-Za-z0-9+/]/.test(plain) || plain.length % 4 === 1) {
    throw new Failure(`${describeValue(text)} is not valid base64 data`);
  }
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
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const char of text.replace(/=+$/, '')) {
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
