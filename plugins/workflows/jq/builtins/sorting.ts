// Sorting, grouping and extremes.
import { cannotIterate } from '../access.ts';
import { collect, type Filter, type Frame, scalar } from '../compile/filter.ts';
import type { Context } from '../compile/scope.ts';
import { Failure } from '../errors.ts';
import { describeValue } from '../json.ts';
import { type Budget, charge } from '../limits.ts';
import { compare, type Value } from '../values.ts';
import { from0, need, type Table } from './define.ts';

function wantArray(input: Value, what: string, budget: Budget): Value[] {
  if (!Array.isArray(input)) throw new Failure(`${describeValue(input)} cannot be ${what}, as it is not an array`);
  charge(budget, input.length * (1 + Math.ceil(Math.log2(input.length + 1))));
  return input;
}

interface Keyed {
  key: Value;
  value: Value;
}

function keyed(items: Value[], key: Filter, frame: Frame): Keyed[] {
  const { one } = key;
  if (one) return items.map((value) => ({ key: one(frame, value), value }));
  return items.map((value) => ({ key: collect(key, frame, value), value }));
}

function sortKeyed(items: Value[], key: Filter, frame: Frame): Keyed[] {
  return keyed(items, key, frame).sort((a, b) => compare(a.key, b.key));
}

function groups(items: Value[], key: Filter, frame: Frame): Value[][] {
  const found: Value[][] = [];
  let last: Keyed | null = null;
  for (const item of sortKeyed(items, key, frame)) {
    if (last !== null && compare(last.key, item.key) === 0) found.at(-1)?.push(item.value);
    else found.push([item.value]);
    last = item;
  }
  return found;
}

function unique(items: Value[]): Value[] {
  const sorted = items.toSorted(compare);
  return sorted.filter((item, i) => i === 0 || compare(sorted[i - 1] ?? null, item) !== 0);
}

// Of equal values `min` takes the first and `max` the last.
function extreme(items: Keyed[], sign: 1 | -1): Value {
  let best: Keyed | null = null;
  for (const item of items) {
    const order: number = best === null ? 1 : compare(item.key, best.key) * sign;
    if (order > 0 || (order === 0 && sign > 0)) best = item;
  }
  return best === null ? null : best.value;
}

function plain(items: Value[]): Keyed[] {
  return items.map((value) => ({ key: value, value }));
}

function by(what: string, work: (items: Value[], key: Filter, frame: Frame) => Value) {
  return ([f]: Filter[], { budget }: Context): Filter => {
    const key = need(f);
    return scalar((frame, input) => {
      // jq computes the keys before it looks at the type, so these words come first.
      if (typeof input !== 'object' || input === null) throw cannotIterate(input);
      return work(wantArray(input, what, budget), key, frame);
    });
  };
}

function whole(what: string, work: (items: Value[]) => Value) {
  return from0((input, budget) => work(wantArray(input, what, budget)));
}

export const sorting: Table = {
  'sort/0': whole('sorted', (items) => items.toSorted(compare)),
  'sort_by/1': by('sorted', (items, key, frame) => sortKeyed(items, key, frame).map((item) => item.value)),
  'group_by/1': by('grouped', groups),
  'unique/0': whole('sorted', unique),
  'unique_by/1': by('grouped', (items, key, frame) => groups(items, key, frame).map((group) => group[0] ?? null)),
  'min/0': whole('iterated over', (items) => extreme(plain(items), -1)),
  'max/0': whole('iterated over', (items) => extreme(plain(items), 1)),
  'min_by/1': by('iterated over', (items, key, frame) => extreme(keyed(items, key, frame), -1)),
  'max_by/1': by('iterated over', (items, key, frame) => extreme(keyed(items, key, frame), 1)),
};
