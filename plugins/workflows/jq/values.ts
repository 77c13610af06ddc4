// JSON values as jq sees them: types, safe objects, order and equality.

import { goingDown } from './errors.ts';
import { TEXT_PER_STEP, work, workText } from './limits.ts';

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

/** Keys that are listed, copied or looked for in one step. */
const KEYS_PER_STEP = 8;

/** The object's own keys, counted as work. */
export function keysOf(object: JsonObject): string[] {
  const keys = Object.keys(object);
  if (keys.length >= KEYS_PER_STEP) work(keys.length >> 3);
  return keys;
}

/** A copy that may be changed, counted as work. */
export function copyOf(object: JsonObject): JsonObject {
  work(1 + (Object.keys(object).length >> 3));
  return { ...object };
}

export function sortedKeys(object: JsonObject): string[] {
  return keysOf(object).sort((a, b) => {
    work(1);
    return compareStrings(a, b);
  });
}

/** Order by code point. Plain `<` orders by UTF-16 unit and puts astral characters before U+E000. */
function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (i % TEXT_PER_STEP === TEXT_PER_STEP - 1) work(1);
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
  if (typeof a === 'string' && typeof b === 'string') {
    workText(Math.min(a.length, b.length));
    return compareStrings(a, b);
  }
  const byType = rank(a) - rank(b);
  if (byType !== 0 || typeof a !== 'object' || a === null) return byType;
  return goingDown('Comparison too deep', () => compareInside(a, b));
}

/** `compare` below the first level. */
function compareInside(a: Value, b: Value): number {
  if (Array.isArray(a) && Array.isArray(b)) return compareArrays(a, b);
  if (isObject(a) && isObject(b)) return compareObjects(a, b);
  return compare(a, b);
}

function compareArrays(a: Value[], b: Value[]): number {
  work(1);
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    work(1);
    const order = compareInside(a[i] ?? null, b[i] ?? null);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareObjects(a: JsonObject, b: JsonObject): number {
  const keys = sortedKeys(a);
  const byKeys = compareArrays(keys, sortedKeys(b));
  if (byKeys !== 0) return byKeys;
  for (const key of keys) {
    const order = compareInside(getKey(a, key), getKey(b, key));
    if (order !== 0) return order;
  }
  return 0;
}

export function equal(a: Value, b: Value): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) {
    if (typeof a === 'string' && typeof b === 'string' && a.length === b.length) workText(a.length);
    return a === b;
  }
  return goingDown('Equality check too deep', () => equalInside(a, b));
}

/** `equal` below the first level. */
function equalInside(a: Value, b: Value): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return equal(a, b);
  work(1);
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) {
      work(1);
      if (!equalInside(a[i] ?? null, b[i] ?? null)) return false;
    }
    return true;
  }
  if (Array.isArray(b)) return false;
  const keys = keysOf(a);
  if (keys.length !== keysOf(b).length) return false;
  for (const key of keys) {
    work(1);
    if (!Object.hasOwn(b, key) || !equalInside(getKey(a, key), getKey(b, key))) return false;
  }
  return true;
}

/** Number of code points. */
export function stringLength(text: string): number {
  workText(text.length);
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    const low = text.charCodeAt(i);
    if (low < 0xdc00 || low > 0xdfff) continue;
    const high = text.charCodeAt(i - 1);
    if (high >= 0xd800 && high <= 0xdbff) count--;
  }
  return count;
}

/** Where the code point of that number begins, in UTF-16 units. */
export function unitOffset(text: string, points: number): number {
  let at = 0;
  for (let left = points; left > 0 && at < text.length; left--) {
    const high = text.charCodeAt(at);
    const low = high >= 0xd800 && high <= 0xdbff ? text.charCodeAt(at + 1) : 0;
    at += low >= 0xdc00 && low <= 0xdfff ? 2 : 1;
    if (left % TEXT_PER_STEP === 0) work(1);
  }
  return at;
}
