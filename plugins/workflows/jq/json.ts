// JSON text in jq's spelling: numbers, `tojson`, and the shortened values in error messages.
import { checkString, mapText, work } from './limits.ts';
import { keysOf, typeName, type Value } from './values.ts';

/** jq's spelling of a double: shortest digits, exponent form outside a window that depends on their number. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'null';
  if (value === Number.POSITIVE_INFINITY) return '1.7976931348623157e+308';
  if (value === Number.NEGATIVE_INFINITY) return '-1.7976931348623157e+308';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return Object.is(value, -0) ? '-0' : String(value);
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  const exponent = Number(exponentText);
  const point = exponent + 1;
  if (point <= -4 || point > digits.length + 15) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits.padEnd(point, '0');
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function stringJson(text: string): string {
  const quoted = mapText(text, (piece) => JSON.stringify(piece).slice(1, -1).replaceAll('\u007f', '\\u007f'), 2);
  return `"${quoted}"`;
}

/** The text so far; once it is longer than `enough`, nothing more is written. */
interface Writer {
  text: string;
  enough: number;
}

function write(writer: Writer, value: Value): void {
  if (typeof value !== 'object' || value === null) {
    writer.text += scalarJson(value, writer.enough);
    checkString(writer.text.length);
    return;
  }
  work(2);
  if (Array.isArray(value)) {
    writer.text += '[';
    for (let i = 0; i < value.length && writer.text.length <= writer.enough; i++) {
      if (i > 0) writer.text += ',';
      work(1);
      write(writer, value[i] ?? null);
    }
    writer.text += ']';
    return;
  }
  let separator = '{';
  for (const key of keysOf(value)) {
    if (writer.text.length > writer.enough) break;
    work(1);
    writer.text += `${separator}${stringJson(key)}:`;
    separator = ',';
    write(writer, value[key] ?? null);
  }
  writer.text += separator === '{' ? '{}' : '}';
}

function scalarJson(value: Exclude<Value, object> | null, enough: number): string {
  if (typeof value === 'string') return stringJson(value.length > enough ? value.slice(0, enough) : value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return 'null';
}

export function toJson(value: Value): string {
  if (typeof value !== 'object' || value === null) return scalarJson(value, Number.POSITIVE_INFINITY);
  const writer: Writer = { text: '', enough: Number.POSITIVE_INFINITY };
  write(writer, value);
  return writer.text;
}

/** JSON text cut to `size - 1` bytes the way jq cuts it in messages, with the bracket or quote that would close it. */
export function shortJson(value: Value, size = 30): string {
  const writer: Writer = { text: '', enough: size };
  write(writer, value);
  const bytes = Buffer.from(writer.text);
  if (bytes.length < size) return bytes.toString();
  const close = typeof value === 'string' ? '"' : Array.isArray(value) ? ']' : typeof value === 'object' ? '}' : '';
  const kept = bytes.subarray(0, size - 4 - close.length).toString();
  return `${kept.replace(/\ufffd+$/, '')}...${close}`;
}

export function describeValue(value: Value): string {
  return `${typeName(value)} (${shortJson(value)})`;
}
