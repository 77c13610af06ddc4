// Arrays and objects: keys, entries, map, add, flatten, transpose, walk.
import { cannotIterate, elements } from '../access.ts';
import { addPart } from '../arithmetic.ts';
import { collect, either, type Filter, type Frame, firstOutput, scalar } from '../compile/filter.ts';
import type { Context } from '../compile/scope.ts';
import { Failure } from '../errors.ts';
import { toText } from '../formats.ts';
import { describeValue } from '../json.ts';
import { type Budget, charge, checkArray, tick, workText, workTogether } from '../limits.ts';
import {
  copyOf,
  getKey,
  isObject,
  type JsonObject,
  keysOf,
  setKey,
  sortedKeys,
  truthy,
  typeName,
  type Value,
} from '../values.ts';
import { from0, from1, need, type Table } from './define.ts';

function keys(input: Value, budget: Budget, order: (object: JsonObject) => string[]): Value {
  if (Array.isArray(input)) {
    charge(budget, input.length);
    return Array.from(input, (_item, i) => i);
  }
  if (!isObject(input)) throw new Failure(`${describeValue(input)} has no keys`);
  const found = order(input);
  charge(budget, found.length);
  return found;
}

function has(container: Value, key: Value): boolean {
  if (container === null) return false;
  if (isObject(container) && typeof key === 'string') {
    workText(key.length);
    return Object.hasOwn(container, key);
  }
  if (Array.isArray(container) && typeof key === 'number') return key >= 0 && Math.floor(key) < container.length;
  const name = typeof key === 'string' ? `a string key` : `a ${typeName(key)} key`;
  throw new Failure(`Cannot check whether ${typeName(container)} has ${name}`);
}

/** Adds many values; strings and arrays grow in place, so the cost stays linear. */
function createSum(budget: Budget): { push: (value: Value) => void; total: () => Value } {
  let sum: Value = null;
  let own: Value[] | null = null;
  let ownObject: JsonObject | null = null;
  const push = (value: Value): void => {
    if (Array.isArray(sum) && Array.isArray(value)) {
      charge(budget, 1 + value.length + (own ? 0 : sum.length));
      own ??= sum.slice();
      checkArray(own.length + value.length);
      for (const item of value) own.push(item);
      sum = own;
    } else if (isObject(sum) && isObject(value)) {
      ownObject ??= copyOf(sum);
      for (const key of keysOf(value)) {
        tick(budget);
        setKey(ownObject, key, value[key] ?? null);
      }
      sum = ownObject;
    } else {
      sum = addPart(budget, sum, value);
      own = null;
      ownObject = null;
    }
  };
  const total = (): Value => {
    if (typeof sum === 'string') workTogether(sum.length);
    return sum;
  };
  return { push, total };
}

function addAll(input: Value, budget: Budget): Value {
  const items = elements(input);
  charge(budget, items.length);
  const sum = createSum(budget);
  for (const item of items) sum.push(item);
  return sum.total();
}

function addOutputs([f]: Filter[], { budget }: Context): Filter {
  const body = need(f);
  return scalar((frame, input) => {
    const sum = createSum(budget);
    body.run(frame, input, (value) => {
      tick(budget);
      sum.push(value);
    });
    return sum.total();
  });
}

function map([f]: Filter[], { budget }: Context): Filter {
  const body = need(f);
  const { one } = body;
  return scalar((frame, input) => {
    const items = elements(input);
    charge(budget, items.length);
    const found: Value[] = [];
    if (one) {
      for (const item of items) found.push(one(frame, item));
      return found;
    }
    const push = (value: Value): void => {
      tick(budget);
      found.push(value);
      if ((found.length & 0xffff) === 0) checkArray(found.length);
    };
    for (const item of items) body.run(frame, item, push);
    return found;
  });
}

function mapValues([f]: Filter[], { budget }: Context): Filter {
  const body = need(f);
  return scalar((frame, input) => mapInside(input, (item) => firstOutput(body, frame, item, budget), budget));
}

function mapInside(input: Value, change: (value: Value) => Value | undefined, budget: Budget): Value {
  if (Array.isArray(input)) {
    const found: Value[] = [];
    for (const item of input) {
      tick(budget);
      const value = change(item);
      if (value !== undefined) found.push(value);
    }
    return found;
  }
  if (!isObject(input)) throw cannotIterate(input);
  const made: JsonObject = {};
  for (const key of keysOf(input)) {
    tick(budget);
    const value = change(input[key] ?? null);
    if (value !== undefined) setKey(made, key, value);
  }
  return made;
}

function toEntries(input: Value, budget: Budget): Value[] {
  if (!isObject(input)) {
    if (!Array.isArray(input)) throw new Failure(`${describeValue(input)} has no keys`);
    charge(budget, input.length);
    return input.map((value, key) => ({ key, value }));
  }
  const names = keysOf(input);
  charge(budget, names.length);
  return names.map((key) => ({ key, value: input[key] ?? null }));
}

function entryKey(entry: JsonObject): string {
  const direct = getKey(entry, 'key');
  let key: Value = direct;
  if (direct === null) {
    for (const name of ['k', 'name', 'Name', 'Key', 'K']) {
      key = getKey(entry, name);
      if (truthy(key)) break;
    }
  }
  if (key !== null && typeof key === 'object') {
    throw new Failure(`Cannot use ${describeValue(key)} as object key`);
  }
  const text = toText(key);
  workText(text.length);
  return text;
}

function entryValue(entry: JsonObject): Value {
  for (const name of ['value', 'v']) if (Object.hasOwn(entry, name)) return getKey(entry, name);
  for (const name of ['Value', 'V']) if (Object.hasOwn(entry, name)) return getKey(entry, name);
  return null;
}

function fromEntries(input: Value, budget: Budget): Value {
  const made: JsonObject = {};
  for (const entry of elements(input)) {
    tick(budget);
    if (!isObject(entry)) throw new Failure(`Cannot index ${typeName(entry)} with string ("key")`);
    setKey(made, entryKey(entry), entryValue(entry));
  }
  return made;
}

function withEntries([f]: Filter[], { budget }: Context): Filter {
  const body = need(f);
  return scalar((frame, input) => {
    const changed: Value[] = [];
    for (const entry of toEntries(input, budget)) {
      body.run(frame, entry, (value) => {
        tick(budget);
        changed.push(value);
      });
    }
    return fromEntries(changed, budget);
  });
}

function flatten(input: Value, depth: Value, budget: Budget): Value {
  if (typeof depth !== 'number') throw new Failure(`${describeValue(depth)} flatten depth must be a number`);
  if (depth < 0) throw new Failure('flatten depth must not be negative');
  const found: Value[] = [];
  const open = [{ items: elements(input), at: 0 }];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    if (top.at >= top.items.length) {
      open.pop();
      continue;
    }
    tick(budget);
    const item = top.items[top.at++] ?? null;
    if (Array.isArray(item) && open.length <= depth) open.push({ items: item, at: 0 });
    else found.push(item);
  }
  checkArray(found.length);
  return found;
}

function reverse(input: Value, budget: Budget): Value {
  if (input === null) return [];
  if (typeof input === 'string') {
    charge(budget, input.length);
    return Array.from(input).reverse().join('');
  }
  if (typeof input === 'number') {
    throw new Failure(`Cannot reverse ${describeValue(input)}`);
  }
  if (!Array.isArray(input)) {
    if (isObject(input) && Object.keys(input).length === 0) return [];
    throw new Failure(`Cannot reverse ${describeValue(input)}`);
  }
  charge(budget, input.length);
  return input.toReversed();
}

function transpose(input: Value, budget: Budget): Value {
  const given = elements(input);
  charge(budget, given.length);
  const rows = given.map((row) => {
    if (Array.isArray(row)) return row;
    if (row === null || (isObject(row) && Object.keys(row).length === 0)) return [];
    throw new Failure(`Cannot index ${typeName(row)} with number`);
  });
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  charge(budget, width * (rows.length + 1));
  return Array.from({ length: width }, (_item, i) => rows.map((row) => row[i] ?? null));
}

// Containers are rebuilt from the leaves up; arrays take all outputs for an element, objects the first.
function walk([f]: Filter[], { budget }: Context): Filter {
  const body = need(f);
  const rebuild = (frame: Frame, value: Value): Value => {
    tick(budget);
    if (Array.isArray(value)) {
      charge(budget, value.length);
      return value.flatMap((item) => collectWalked(frame, item));
    }
    if (!isObject(value)) return value;
    return mapInside(value, (item) => firstOutput(body, frame, rebuild(frame, item), budget), budget);
  };
  const collectWalked = (frame: Frame, value: Value): Value[] => collect(body, frame, rebuild(frame, value));
  const { one } = body;
  return either(one && ((frame, input) => one(frame, rebuild(frame, input))), (frame, input, emit) =>
    body.run(frame, rebuild(frame, input), emit),
  );
}

function combine(input: Value, budget: Budget, emit: (value: Value[]) => void): void {
  const lists = elements(input).map((list) => elements(list));
  const go = (position: number, chosen: Value[]): void => {
    charge(budget, 1 + position);
    const list = lists[position];
    if (!list) emit(chosen);
    else for (const item of list) go(position + 1, [...chosen, item]);
  };
  go(0, []);
}

export const collections: Table = {
  'keys/0': from0((input, budget) => keys(input, budget, sortedKeys)),
  'keys_unsorted/0': from0((input, budget) => keys(input, budget, keysOf)),
  'has/1': from1(has),
  'in/1': from1((key, container) => has(container, key)),
  'add/0': from0(addAll),
  'add/1': addOutputs,
  'map/1': map,
  'map_values/1': mapValues,
  'to_entries/0': from0(toEntries),
  'from_entries/0': from0(fromEntries),
  'with_entries/1': withEntries,
  'flatten/0': from0((input, budget) => flatten(input, 1e9, budget)),
  'flatten/1': from1(flatten),
  'reverse/0': from0(reverse),
  'transpose/0': from0(transpose),
  'walk/1': walk,
  'combinations/0': (_args, { budget }) => ({
    one: null,
    run: (_frame, input, emit) => combine(input, budget, emit),
    paths: (_frame, path, value, emit) => combine(value, budget, (found) => emit(path, found)),
    tail: null,
  }),
};
