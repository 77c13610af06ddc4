// JSON text in jq's spelling: numbers, `tojson`, and the shortened values in error messages.
import { DEEPEST } from './errors.ts';
import { checkString, mapText, work } from './limits.ts';
import { type JsonObject, keysOf, typeName, type Value } from './values.ts';

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

/** A container that is being written; `keys` of an object. */
interface Open {
  values: Value[];
  keys: string[] | null;
  at: number;
}

function write(writer: Writer, root: Value): void {
  const open: Open[] = [];
  for (let value = root; ; ) {
    if (typeof value !== 'object' || value === null) writer.text += scalarJson(value, writer.enough);
    else if (open.length > DEEPEST) writer.text += '<skipped: too deep>';
    else {
      work(2);
      open.push(opened(value));
      writer.text += Array.isArray(value) ? '[' : '{';
    }
    checkString(writer.text.length);
    let top = open.at(-1);
    while (top && top.at >= top.values.length) {
      writer.text += top.keys ? '}' : ']';
      open.pop();
      top = open.at(-1);
    }
    if (!top || writer.text.length > writer.enough) return;
    work(1);
    if (top.at > 0) writer.text += ',';
    if (top.keys) writer.text += `${stringJson(top.keys[top.at] ?? '')}:`;
    value = top.values[top.at] ?? null;
    top.at++;
  }
}

function opened(value: Value[] | JsonObject): Open {
  if (Array.isArray(value)) return { values: value, keys: null, at: 0 };
  const keys = keysOf(value);
  return { values: keys.map((key) => value[key] ?? null), keys, at: 0 };
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
