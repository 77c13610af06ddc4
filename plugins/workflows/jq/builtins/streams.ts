// The streaming form of values: [path, leaf] events.
import { setPath } from '../access.ts';
import { type Emit, type Filter, many } from '../compile/filter.ts';
import type { Context } from '../compile/scope.ts';
import { Failure } from '../errors.ts';
import { type Budget, charge, tick } from '../limits.ts';
import { isObject, keysOf, type Value } from '../values.ts';
import { need, type Table } from './define.ts';

function toStream(input: Value, budget: Budget, emit: Emit): void {
  const go = (value: Value, path: Value[]): void => {
    charge(budget, 1 + path.length + (Array.isArray(value) ? value.length : 0));
    const keys: Value[] = Array.isArray(value)
      ? Array.from(value, (_item, i) => i)
      : isObject(value)
        ? keysOf(value)
        : [];
    if (keys.length === 0) {
      emit([path, value]);
      return;
    }
    for (const key of keys) {
      const item = Array.isArray(value) ? value[Number(key)] : isObject(value) ? value[String(key)] : null;
      go(item ?? null, [...path, key]);
    }
    emit([[...path, keys.at(-1) ?? null]]);
  };
  go(input, []);
}

function fromStream([f]: Filter[], { budget }: Context): Filter {
  const events = need(f);
  return many((frame, input, emit) => {
    let value: Value = null;
    let started = false;
    const owned = new Set<Value>();
    const done = (): void => {
      const whole = value;
      value = null;
      started = false;
      owned.clear();
      emit(whole);
    };
    events.run(frame, input, (event) => {
      tick(budget);
      const [path, leaf] = Array.isArray(event) ? event : [];
      if (!Array.isArray(path)) throw new Failure('Invalid streaming format');
      if (leaf !== undefined) {
        value = setPath(budget, value, path, leaf, owned);
        started = true;
        if (path.length === 0) done();
      } else if (path.length <= 1 && started) done();
    });
  });
}

// `depth` comes from the input of the whole, the events from the argument.
function truncateStream([f]: Filter[], { budget }: Context): Filter {
  const events = need(f);
  return many((frame, input, emit) => {
    if (typeof input !== 'number') throw new Failure('truncate_stream needs a depth');
    events.run(frame, input, (event) => {
      tick(budget);
      const [path, ...rest] = Array.isArray(event) ? event : [];
      if (!Array.isArray(path)) throw new Failure('Invalid streaming format');
      charge(budget, path.length);
      if (path.length > input) emit([path.slice(input), ...rest]);
    });
  });
}

export const streams: Table = {
  'tostream/0': (_args, { budget }) => many((_frame, input, emit) => toStream(input, budget, emit)),
  'fromstream/1': fromStream,
  'truncate_stream/1': truncateStream,
};
