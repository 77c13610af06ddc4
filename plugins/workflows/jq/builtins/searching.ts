// Looking for things inside values: contains, indices, and the index tables borrowed from SQL.
import { elements, indicesOf } from '../access.ts';
import { type Filter, scalar } from '../compile/filter.ts';
import type { Context } from '../compile/scope.ts';
import { Failure, goingDown } from '../errors.ts';
import { toText } from '../formats.ts';
import { describeValue } from '../json.ts';
import { type Budget, charge, tick, work, workText } from '../limits.ts';
import {
  compare,
  equal,
  getKey,
  isObject,
  type JsonObject,
  keysOf,
  setKey,
  stringLength,
  type Value,
} from '../values.ts';
import { from1, need, type Table } from './define.ts';

function containsAll(a: Value, b: Value, budget: Budget): boolean {
  return goingDown('Containment check too deep', () => contains(a, b, budget));
}

function contains(a: Value, b: Value, budget: Budget): boolean {
  tick(budget);
  if (isObject(a) && isObject(b)) {
    return keysOf(b).every((key) => Object.hasOwn(a, key) && containsInside(getKey(a, key), getKey(b, key), budget));
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return b.every((wanted) => a.some((item) => containsInside(item, wanted, budget)));
  }
  if (typeof a === 'string' && typeof b === 'string') return includes(a, b);
  if (a === null && b === null) return true;
  if (typeof a === typeof b && (typeof a === 'number' || typeof a === 'boolean')) return equal(a, b);
  throw new Failure(`${describeValue(a)} and ${describeValue(b)} cannot have their containment checked`);
}

function includes(text: string, part: string): boolean {
  workText(2 * (text.length + part.length));
  return text.includes(part);
}

function containsInside(a: Value, b: Value, budget: Budget): boolean {
  tick(budget);
  if ((isObject(a) && isObject(b)) || (Array.isArray(a) && Array.isArray(b))) return contains(a, b, budget);
  if (typeof a === 'string' && typeof b === 'string') return includes(a, b);
  return equal(a, b);
}

/** Positions in code points; overlapping finds count. */
function textIndices(text: string, part: string): number[] {
  const found: number[] = [];
  if (part === '') return found;
  let points = 0;
  let from = 0;
  workText(2 * text.length);
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    // The part is looked through for each find, and overlapping ones have all of it in common.
    work(1);
    workText(2 * part.length);
    points += stringLength(text.slice(from, at));
    from = at;
    found.push(points);
  }
  return found;
}

function indices(input: Value, wanted: Value, budget: Budget): number[] | null {
  if (input === null) return null;
  if (typeof input === 'string' && typeof wanted === 'string') {
    return textIndices(input, wanted);
  }
  if (Array.isArray(input)) {
    charge(budget, input.length);
    if (Array.isArray(wanted)) return indicesOf(input, wanted);
    return input.flatMap((item, i) => (equal(item, wanted) ? [i] : []));
  }
  throw new Failure(`Cannot determine indices of ${describeValue(wanted)} in ${describeValue(input)}`);
}

function binarySearch(input: Value, wanted: Value): number {
  if (!Array.isArray(input)) throw new Failure(`${describeValue(input)} cannot be searched from`);
  let low = 0;
  let high = input.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = compare(input[middle] ?? null, wanted);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1 - low;
}

function indexTable(source: Filter, key: Filter, budget: Budget): Filter {
  return scalar((frame, input) => {
    const table: JsonObject = {};
    source.run(frame, input, (row) => {
      tick(budget);
      key.run(frame, row, (name) => setKey(table, toText(name), row));
    });
    return table;
  });
}

function indexOne([f]: Filter[], { budget }: Context): Filter {
  const each: Filter = {
    one: null,
    run: (_frame, input, emit) => elements(input).forEach(emit),
    paths: () => undefined,
    tail: null,
  };
  return indexTable(each, need(f), budget);
}

export const searching: Table = {
  'contains/1': from1(containsAll),
  'inside/1': from1((input, whole, budget) => containsAll(whole, input, budget)),
  'indices/1': from1(indices),
  'index/1': from1((input, wanted, budget) => indices(input, wanted, budget)?.[0] ?? null),
  'rindex/1': from1((input, wanted, budget) => indices(input, wanted, budget)?.at(-1) ?? null),
  // What `indices` uses for strings; it can be called, but is not listed.
  '_strindices/1': from1((input, wanted) => {
    if (typeof input !== 'string') {
      throw new Failure(`${describeValue(input)} cannot be searched, as it is not a string`);
    }
    if (typeof wanted !== 'string') throw new Failure(`${describeValue(wanted)} is not a string`);
    return textIndices(input, wanted);
  }),
  'bsearch/1': from1(binarySearch),
  'INDEX/1': indexOne,
  'INDEX/2': ([source, f], { budget }) => indexTable(need(source), need(f), budget),
};
