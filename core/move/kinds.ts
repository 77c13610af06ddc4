/**
 * Values on their way between the databases, as PostgreSQL writes them as text: what SQLite holds is told by the type that
 * PostgreSQL's column has, for SQLite itself keeps anything anywhere.
 */
import { exactJson } from '../exact-json.ts';

export type Kind =
  | 'integer'
  | 'float'
  | 'single'
  | 'decimal'
  | 'boolean'
  | 'text'
  | 'padded'
  | 'bytes'
  | 'json'
  | 'time'
  | 'date'
  | 'vector'
  | 'uuid'
  | 'other';

export interface Column {
  name: string;
  kind: Kind;
  /** Digits behind the point that PostgreSQL's column keeps. */
  scale: number | null;
}

/** Null is the database's null. */
export type Value = string | null;
export type SqliteValue = null | number | bigint | string | Uint8Array;

const OF_POSTGRES: Readonly<Record<string, Kind>> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  float4: 'single',
  float8: 'float',
  numeric: 'decimal',
  bool: 'boolean',
  text: 'text',
  varchar: 'text',
  bpchar: 'padded',
  bytea: 'bytes',
  json: 'json',
  jsonb: 'json',
  timestamptz: 'time',
  timestamp: 'time',
  date: 'date',
  _float4: 'vector',
  uuid: 'uuid',
};

/** By the name that PostgreSQL's catalogue has for the type. What is not known goes as PostgreSQL writes it. */
export function kindOfPostgres(type: string): Kind {
  return Object.hasOwn(OF_POSTGRES, type) ? (OF_POSTGRES[type] ?? 'other') : 'other';
}

/** By the type that a column of SQLite was declared with, where PostgreSQL cannot be asked. */
export function kindOfDeclared(type: string): Kind {
  const name = type.toLowerCase();
  if (/int/.test(name)) return 'integer';
  if (/bool/.test(name)) return 'boolean';
  if (/blob|binary/.test(name)) return 'bytes';
  if (/json/.test(name)) return 'json';
  if (/datetime|timestamp/.test(name)) return 'time';
  if (/^date$/.test(name)) return 'date';
  if (/real|floa|doub/.test(name)) return 'float';
  if (/numeric|decimal/.test(name)) return 'decimal';
  return 'text';
}

/** What SQLite holds. */
export function fromSqlite(value: SqliteValue, { kind, scale }: Column): Value {
  if (value === null) return null;
  switch (kind) {
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value) ? String(BigInt(value)) : textOf(value).trim();
    case 'float':
      return numberText(Number(value));
    case 'single':
      return numberText(Math.fround(Number(value)));
    case 'decimal':
      return plainDecimal(typeof value === 'number' ? fixed(value, scale) : textOf(value));
    case 'boolean':
      return String(!['0', 'f', 'false', 'n', 'no', 'off', ''].includes(textOf(value).toLowerCase()));
    case 'bytes':
      return `\\x${(value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : Buffer.from(textOf(value))).toString('hex')}`;
    case 'vector':
      return value instanceof Uint8Array ? vectorText(singlesOf(value)) : textOf(value);
    case 'json':
      return keptText(textOf(value)).replaceAll(/(?<!\\)((?:\\\\)*)\\u0000/g, '$1');
    case 'time':
      return timeText(typeof value === 'string' ? asUtc(value) : Number(value), value);
    case 'date':
      return typeof value === 'string' ? value.slice(0, 10) : timeText(Number(value), value).slice(0, 10);
    case 'uuid':
      return textOf(value).trim().toLowerCase();
    case 'padded':
      return keptText(textOf(value)).replace(/ +$/, '');
    default:
      return keptText(textOf(value));
  }
}

/** What PostgreSQL writes as text, in a form that is one for what is the same. */
export function fromPostgres(text: Value, { kind }: Column): Value {
  if (text === null) return null;
  switch (kind) {
    case 'float':
      return numberText(Number(text));
    case 'single':
      return numberText(Math.fround(Number(text)));
    case 'decimal':
      return plainDecimal(text);
    case 'boolean':
      return String(text === 't' || text === 'true');
    case 'time':
      return timeText(asUtc(text), text);
    case 'vector':
      return vectorText(text === '{}' ? [] : text.slice(1, -1).split(',').map(Number));
    case 'padded':
      return text.replace(/ +$/, '');
    default:
      return text;
  }
}

/** What a row of PostgreSQL holds as JSON, for a column of SQLite. */
export function fromJson(value: unknown, column: Column): Value {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value) && column.kind === 'bytes') return vectorText(value.map(Number));
  if (column.kind === 'json') return JSON.stringify(value);
  if (typeof value === 'object') return JSON.stringify(value);
  return fromPostgres(String(value), column);
}

/** As SQLite keeps it: whole numbers whole, times in milliseconds, lists of numbers as their bytes. */
export function toSqlite(value: Value, { kind }: Column): SqliteValue {
  if (value === null) return null;
  switch (kind) {
    case 'integer':
      return BigInt(value);
    case 'float':
    case 'single':
      return Number(value);
    case 'decimal':
      return /^-?\d{1,15}$/.test(value) ? BigInt(value) : value;
    case 'boolean':
      return value === 'true' ? 1n : 0n;
    case 'bytes':
      // A list of numbers on the other side.
      return value.startsWith('{') ? bytesOfVector(value) : Buffer.from(value.slice(2), 'hex');
    case 'vector':
      return bytesOfVector(value);
    case 'time': {
      const time = Date.parse(value);
      return Number.isNaN(time) ? value : BigInt(time);
    }
    default:
      return value;
  }
}

/** What is compared: of JSON what it says, whatever order its keys are in. */
export function compared(value: Value, { kind }: Column): string {
  // No text holds it.
  if (value === null) return '\0';
  return kind === 'json' ? sameJson(value) : value;
}

function sameJson(text: string): string {
  try {
    return JSON.stringify(sorted(exactJson(text)));
  } catch {
    return text;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, one]): [string, unknown] => [name, sorted(one)]);
  // A list: an object would put names that are numbers first.
  return entries.sort(([one], [other]) => (one < other ? -1 : 1));
}

function textOf(value: Exclude<SqliteValue, null>): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value);
}

/** PostgreSQL keeps no NUL in a text, and nothing that is not well-formed. */
function keptText(text: string): string {
  return (text.includes('\0') ? text.replaceAll('\0', '') : text).toWellFormed();
}

function numberText(value: number): string {
  return String(value === 0 ? 0 : value);
}

function fixed(value: number, scale: number | null): string {
  return scale === null || !Number.isFinite(value) || Math.abs(value) >= 1e21 ? String(value) : value.toFixed(scale);
}

function plainDecimal(text: string): string {
  const [whole = '', part = ''] = text.split('.');
  if (!/^-?\d+$/.test(whole) || !/^\d*$/.test(part)) return text;
  const kept = part.replace(/0+$/, '');
  const plain = kept === '' ? whole : `${whole}.${kept}`;
  return plain === '-0' ? '0' : plain;
}

/** `2026-11-26 21:50:04.123+00` as well as ISO 8601; what names no zone is UTC. */
function asUtc(text: string): number {
  const iso = text
    .trim()
    .replace(' ', 'T')
    .replace(/(T.*[+-]\d\d)$/, '$1:00');
  const hasZone = /(Z|[+-]\d\d:\d\d)$/i.test(iso);
  return Date.parse(hasZone || !iso.includes('T') ? iso : `${iso}Z`);
}

/** To the millisecond; `infinity` and the like stay what they are. */
function timeText(time: number, given: SqliteValue): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(given) : date.toISOString();
}

function singlesOf(bytes: Uint8Array): number[] {
  const copy = new Uint8Array(bytes);
  return [...new Float32Array(copy.buffer, 0, Math.floor(copy.byteLength / 4))];
}

function vectorText(values: readonly number[]): string {
  return `{${values.map((value) => numberText(Math.fround(value))).join(',')}}`;
}

function bytesOfVector(text: string): Buffer {
  const values = text === '{}' ? [] : text.slice(1, -1).split(',').map(Number);
  return Buffer.from(Float32Array.from(values).buffer);
}
