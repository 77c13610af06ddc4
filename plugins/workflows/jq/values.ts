// JSON values as jq sees them: types, safe objects, order and equality.

import { work } from './limits.ts';

export type Value = null | boolean | number | string | Value[] | JsonObject;
export interface JsonObject {
  [key: string]: Value;
}

export function typeName(value: Value): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'object') return Array.isArray(value) ? 'array' : 'object';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return typeof value;
  return 'null';
}

export function isObject(value: Value): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function truthy(value: Value): boolean {
  return value !== null && value !== false && value !== undefined;
}

/** Own keys only: nothing inherited can be read. */
export function getKey(object: JsonObject, key: string): Value {
  return Object.hasOwn(object, key) ? (object[key] ?? null) : null;
}

/** `__proto__` becomes an ordinary key instead of replacing the prototype. */
export function setKey(object: JsonObject, key: string, value: Value): void {
  if (key !== '__proto__') {
    object[key] = value;
    return;
  }
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

export function sortedKeys(object: JsonObject): string[] {
  return Object.keys(object).sort(compareStrings);
}

/** Order by code point. Plain `<` orders by UTF-16 unit and puts astral characters before U+E000. */
function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    if (x < 0xd800 || y < 0xd800) return x - y;
    const xAstral = x < 0xe000;
    const yAstral = y < 0xe000;
    if (xAstral === yAstral) return x - y;
    return xAstral ? 1 : -1;
  }
  return a.length - b.length;
}

function rank(value: Value): number {
  if (value === null || value === undefined) return 0;
  switch (typeof value) {
    case 'boolean':
      return value ? 2 : 1;
    case 'number':
      return 3;
    case 'string':
      return 4;
    case 'object':
      return Array.isArray(value) ? 5 : 6;
    default:
      return 0;
  }
}

function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a)) return -1; // below every number, itself included
  if (Number.isNaN(b)) return 1;
  return a < b ? -1 : a === b ? 0 : 1;
}

export function compare(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return compareNumbers(a, b);
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  const byType = rank(a) - rank(b);
  if (byType !== 0) return byType;
  if (Array.isArray(a) && Array.isArray(b)) return compareArrays(a, b);
  if (isObject(a) && isObject(b)) return compareObjects(a, b);
  return 0;
}

function compareArrays(a: Value[], b: Value[]): number {
  work(1);
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compare(a[i] ?? null, b[i] ?? null);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareObjects(a: JsonObject, b: JsonObject): number {
  const keys = sortedKeys(a);
  const byKeys = compareArrays(keys, sortedKeys(b));
  if (byKeys !== 0) return byKeys;
  for (const key of keys) {
    const order = compare(getKey(a, key), getKey(b, key));
    if (order !== 0) return order;
  }
  return 0;
}

export function equal(a: Value, b: Value): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
  work(1);
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => equal(item, b[i] ?? null));
  }
  if (Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && equal(getKey(a, key), getKey(b, key)));
}

/** Number of code points. */
export function stringLength(text: string): number {
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    const low = text.charCodeAt(i);
    if (low < 0xdc00 || low > 0xdfff) continue;
    const high = text.charCodeAt(i - 1);
    if (high >= 0xd800 && high <= 0xdbff) count--;
  }
  return count;
}
