// JSON text in jq's spelling: numbers, `tojson`, the shortened values in error messages, and parsing.
import { Failure } from './errors.ts';
import { checkString, work } from './limits.ts';
import { typeName, type Value } from './values.ts';

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
  return JSON.stringify(text).replace(/\u007f/g, '\\u007f');
}

export function toJson(value: Value): string {
  if (typeof value === 'string') return stringJson(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null || typeof value !== 'object') return 'null';
  work(2);
  const parts: string[] = [];
  let length = 2;
  if (Array.isArray(value)) {
    for (const item of value) length += parts[parts.push(toJson(item)) - 1]?.length ?? 0;
    checkString(length);
    return `[${parts.join(',')}]`;
  }
  for (const key of Object.keys(value)) {
    length += parts[parts.push(`${stringJson(key)}:${toJson(value[key] ?? null)}`) - 1]?.length ?? 0;
  }
  checkString(length);
  return `{${parts.join(',')}}`;
}

/** JSON text cut to `size - 1` bytes the way jq cuts it in messages. */
export function shortJson(value: Value, size = 15): string {
  const bytes = Buffer.from(toJson(value));
  if (bytes.length < size) return bytes.toString();
  return `${bytes
    .subarray(0, size - 4)
    .toString()
    .replace(/\ufffd+$/, '')}...`;
}

export function describeValue(value: Value): string {
  return `${typeName(value)} (${shortJson(value)})`;
}

const WORDS = new Map<string, number>([
  ['nan', Number.NaN],
  ['NaN', Number.NaN],
  ['-nan', Number.NaN],
  ['-NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
]);

export function parseJson(text: string): Value {
  try {
    return JSON.parse(text);
  } catch {
    return parseLoose(text);
  }
}

// jq also reads `nan` and `infinity`; they are looked for only after plain JSON has failed.
function parseLoose(text: string): Value {
  const trimmed = text.trim();
  const word = WORDS.get(trimmed);
  if (word !== undefined) return word;
  const short = shortJson(trimmed, 24).replace(/^"|"$/g, '');
  if (!/[[{"]/.test(trimmed)) throw new Failure(`Invalid literal (while parsing '${short}')`);
  const marked = trimmed.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:nan|NaN)\b|-?\b[Ii]nfinity\b/g, (found) => {
    if (found.startsWith('"')) return found;
    const number = WORDS.get(found) ?? 0;
    return Number.isNaN(number) ? '{"\\u0000nan":0}' : `${number < 0 ? '-' : ''}1e999`;
  });
  if (marked === trimmed) throw new Failure(`Invalid JSON text (while parsing '${short}')`);
  try {
    return JSON.parse(marked, (_key, value) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, '\u0000nan') ? Number.NaN : value,
    );
  } catch {
    throw new Failure(`Invalid JSON text (while parsing '${short}')`);
  }
}
