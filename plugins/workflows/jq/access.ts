// Reading, writing and deleting inside values: one key, a slice, or a whole path. Writing copies.
import { DEEPEST, Failure } from './errors.ts';
import { describeValue, shortJson } from './json.ts';
import { type Budget, charge, checkArray, work, workText } from './limits.ts';
import {
  compare,
  copyOf,
  equal,
  getKey,
  isObject,
  type JsonObject,
  keysOf,
  setKey,
  stringLength,
  typeName,
  unitOffset,
  type Value,
} from './values.ts';

/** As jq has it. */
const LARGEST_INDEX = 2 ** 29 - 2;

/** Containers made during one update: they may be changed in place, nobody else holds them. */
export type Owned = Set<Value>;

export function index(target: Value, key: Value): Value {
  if (typeof key === 'string' && isObject(target)) {
    // The engine makes a name of a text before it looks for it.
    workText(key.length);
    return getKey(target, key);
  }
  if (typeof key === 'number' && Array.isArray(target)) return at(target, key);
  if (target === null && (typeof key === 'string' || typeof key === 'number' || isObject(key))) return null;
  if (isObject(key) && (Array.isArray(target) || typeof target === 'string')) return slice(target, key);
  if (Array.isArray(key) && Array.isArray(target)) return indicesOf(target, key);
  throw new Failure(`Cannot index ${typeName(target)} with ${describeValue(key)}`);
}

export function field(target: Value, key: string): Value {
  if (typeof target === 'object' && target !== null && !Array.isArray(target)) return getKey(target, key);
  return index(target, key);
}

function at(target: Value[], key: number): Value {
  const position = Math.trunc(key);
  return target[position < 0 ? position + target.length : position] ?? null;
}

export function indicesOf(target: Value[], pattern: Value[]): number[] {
  const found: number[] = [];
  if (pattern.length === 0) return found;
  for (let i = 0; i + pattern.length <= target.length; i++) {
    if (standsAt(target, i, pattern)) found.push(i);
  }
  return found;
}

function standsAt(target: Value[], start: number, pattern: Value[]): boolean {
  for (const [offset, item] of pattern.entries()) {
    work(1);
    if (!equal(item, target[start + offset] ?? null)) return false;
  }
  return true;
}

function bounds(length: number, from: Value, to: Value): [number, number] {
  if ((from !== null && typeof from !== 'number') || (to !== null && typeof to !== 'number')) {
    throw new Failure('Array/string slice indices must be integers');
  }
  let start = Number.isNaN(from) ? 0 : (from ?? 0);
  let end = Number.isNaN(to) ? length : (to ?? length);
  if (start < 0) start += length;
  if (end < 0) end += length;
  start = Math.min(Math.max(Math.floor(start), 0), length);
  end = Math.min(Math.max(Math.ceil(end), start), length);
  return [start, end];
}

export function sliceValue(target: Value, from: Value, to: Value): Value {
  if (target === null) return null;
  if (typeof target === 'string') return sliceText(target, from, to);
  if (!Array.isArray(target)) {
    throw new Failure(`Cannot index ${typeName(target)} with ${describeValue({ start: from, end: to })}`);
  }
  const [start, end] = bounds(target.length, from, to);
  work((end - start) >> 3);
  return target.slice(start, end);
}

function sliceText(text: string, from: Value, to: Value): string {
  const length = stringLength(text);
  const [start, end] = bounds(length, from, to);
  if (length === text.length) return text.slice(start, end);
  const at = unitOffset(text, start);
  const rest = text.slice(at);
  return rest.slice(0, unitOffset(rest, end - start));
}

function slice(target: Value, key: JsonObject): Value {
  checkSlice(key);
  return sliceValue(target, getKey(key, 'start'), getKey(key, 'end'));
}

/** `null` is a bound, none is not. */
function checkSlice(key: JsonObject): void {
  if (!Object.hasOwn(key, 'start') || !Object.hasOwn(key, 'end')) {
    throw new Failure('Array/string slice indices must be integers');
  }
}

export function getPath(target: Value, path: Value[]): Value {
  checkPath(path);
  let value = target;
  for (const key of path) {
    work(1);
    if (value === null) return null;
    value = index(value, key);
  }
  return value;
}

export function setPath(budget: Budget, target: Value, path: Value[], value: Value, owned: Owned): Value {
  checkPath(path);
  const holders: Value[] = [];
  let holder = target;
  for (const key of path) {
    work(1);
    holders.push(holder);
    holder = index(holder, key);
  }
  let made = value;
  for (let i = path.length - 1; i >= 0; i--) {
    made = setIndex(budget, holders[i] ?? null, path[i] ?? null, made, owned);
  }
  return made;
}

function checkPath(path: Value[]): void {
  if (path.length > DEEPEST) throw new Failure('Path too deep');
}

function setIndex(budget: Budget, target: Value, key: Value, value: Value, owned: Owned): Value {
  if (typeof key === 'string') {
    const object = ownObject(target, owned);
    setKey(object, key, value);
    return object;
  }
  if (typeof target === 'string') throw new Failure('Cannot update string slices');
  const array = ownArray(budget, target, owned);
  if (typeof key === 'number') {
    if (Number.isNaN(key)) throw new Failure('Cannot set array element at NaN index');
    let position = Math.trunc(key);
    if (position < 0) position += array.length;
    if (position < 0) throw new Failure('Out of bounds negative array index');
    if (position > LARGEST_INDEX) throw new Failure('Array index too large');
    checkArray(position + 1);
    if (position > array.length) charge(budget, position - array.length);
    while (array.length < position) array.push(null);
    array[position] = value;
    return array;
  }
  if (!isObject(key)) throw new Failure(`Cannot update field at array index of ${typeName(target)}`);
  if (!Array.isArray(value)) throw new Failure('A slice of an array can only be assigned another array');
  checkSlice(key);
  const [start, end] = bounds(array.length, getKey(key, 'start'), getKey(key, 'end'));
  checkArray(array.length + value.length);
  charge(budget, array.length + value.length);
  const replaced = [...array.slice(0, start), ...value, ...array.slice(end)];
  owned.add(replaced);
  return replaced;
}

function ownObject(target: Value, owned: Owned): JsonObject {
  if (isObject(target) && owned.has(target)) return target;
  const copy: JsonObject = isObject(target) ? copyOf(target) : {};
  owned.add(copy);
  return copy;
}

function ownArray(budget: Budget, target: Value, owned: Owned): Value[] {
  if (Array.isArray(target) && owned.has(target)) return target;
  charge(budget, 1 + (Array.isArray(target) ? target.length >> 4 : 0));
  const copy = Array.isArray(target) ? target.slice() : [];
  owned.add(copy);
  return copy;
}

export function deletePaths(budget: Budget, target: Value, paths: Value): Value {
  if (!Array.isArray(paths)) throw new Failure('Paths must be specified as an array');
  charge(budget, paths.length);
  const list = paths.map((path) => {
    if (!Array.isArray(path)) throw new Failure(`Path must be specified as array, not ${typeName(path)}`);
    checkPath(path);
    return path;
  });
  list.sort(compare);
  if (list[0]?.length === 0) return null;
  return list.length === 0 ? target : deleteSorted(budget, target, list, 0, new Set());
}

// Paths with the same key go together, and all keys of one container are removed at once, so that
// every position means the container as it was.
function deleteSorted(budget: Budget, target: Value, paths: Value[][], from: number, owned: Owned): Value {
  const whole: Value[] = [];
  let value = target;
  for (let start = 0; start < paths.length; ) {
    const key = paths[start]?.[from] ?? null;
    let end = start + 1;
    while (end < paths.length && equal(paths[end]?.[from] ?? null, key)) end++;
    charge(budget, end - start);
    if (paths[start]?.length === from + 1) whole.push(key);
    else {
      const child = index(value, key);
      const smaller = child === null ? null : deleteSorted(budget, child, paths.slice(start, end), from + 1, owned);
      if (smaller !== child) value = setIndex(budget, value, key, smaller, owned);
    }
    start = end;
  }
  return whole.length === 0 ? value : deleteKeys(budget, value, whole, owned);
}

function deleteKeys(budget: Budget, target: Value, keys: Value[], owned: Owned): Value {
  if (target === null) return null;
  if (Array.isArray(target)) return deletePositions(budget, target, keys);
  if (!isObject(target)) throw new Failure(`Cannot delete fields from ${typeName(target)}`);
  const object = ownObject(target, owned);
  for (const key of keys) {
    if (typeof key === 'string') delete object[key];
    else throw new Failure(`Cannot delete ${typeName(key)} field of object`);
  }
  return object;
}

function deletePositions(budget: Budget, target: Value[], keys: Value[]): Value[] {
  const gone = new Set<number>();
  for (const key of keys) {
    if (typeof key === 'number') {
      const position = Math.trunc(key);
      gone.add(position < 0 ? position + target.length : position);
    } else if (isObject(key)) {
      checkSlice(key);
      const [start, end] = bounds(target.length, getKey(key, 'start'), getKey(key, 'end'));
      charge(budget, end - start);
      for (let i = start; i < end; i++) gone.add(i);
    } else throw new Failure(`Cannot delete ${typeName(key)} element of array`);
  }
  charge(budget, target.length >> 2);
  return target.filter((_item, i) => !gone.has(i));
}

/** The message for `.[]` on something without elements. */
export function cannotIterate(value: Value): Failure {
  return new Failure(`Cannot iterate over ${typeName(value)} (${shortJson(value)})`);
}

export function elements(value: Value): Value[] {
  if (Array.isArray(value)) return value;
  if (isObject(value)) return keysOf(value).map((key) => value[key] ?? null);
  throw cannotIterate(value);
}
