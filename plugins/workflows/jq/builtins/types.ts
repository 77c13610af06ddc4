// Types and conversions, and the few facts a program may ask about its surroundings.
import { many, scalar } from '../compile/filter.ts';
import { Failure } from '../errors.ts';
import { formatAs } from '../formats.ts';
import { describeValue, toJson } from '../json.ts';
import { workText } from '../limits.ts';
import { numberIn, parseJson } from '../parse-json.ts';
import { isObject, keysOf, stringLength, truthy, typeName, type Value } from '../values.ts';
import { from0, from1, need, type Table } from './define.ts';

function length(value: Value): Value {
  if (value === null) return 0;
  if (typeof value === 'string') return stringLength(value);
  if (typeof value === 'number') return Math.abs(value);
  if (Array.isArray(value)) return value.length;
  if (isObject(value)) return keysOf(value).length;
  throw new Failure(`${describeValue(value)} has no length`);
}

function toNumber(value: Value): Value {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') {
    workText(2 * value.length);
    const number = numberIn(value);
    if (number !== null) return number;
  }
  throw new Failure(`${describeValue(value)} cannot be parsed as a number`);
}

function decode(value: Value): Value {
  if (typeof value !== 'string') throw new Failure(`${describeValue(value)} only strings can be parsed`);
  return parseJson(value);
}

function select(test: (value: Value) => boolean) {
  return () =>
    many(
      (_frame, input, emit) => {
        if (test(input)) emit(input);
      },
      (_frame, path, value, emit) => {
        if (test(value)) emit(path, value);
      },
    );
}

function isNormal(value: Value): boolean {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) >= 2.2250738585072014e-308;
}

function wantNumber(value: Value): number {
  if (typeof value !== 'number') throw new Failure(`${describeValue(value)} number required`);
  return value;
}

function fail(value: Value): never {
  throw new Failure(value);
}

export const types: Table = {
  'type/0': from0(typeName),
  'length/0': from0(length),
  'utf8bytelength/0': from0((value) => {
    if (typeof value !== 'string') throw new Failure(`${describeValue(value)} only strings have UTF-8 byte length`);
    workText(value.length);
    return Buffer.byteLength(value);
  }),
  'not/0': from0((value) => !truthy(value)),
  'tostring/0': from0((value) => (typeof value === 'string' ? value : toJson(value))),
  'tojson/0': from0(toJson),
  'fromjson/0': from0(decode),
  'tonumber/0': from0(toNumber),
  'toboolean/0': from0((value) => {
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw new Failure(`${describeValue(value)} cannot be parsed as a boolean`);
  }),
  'toarray/0': from0((value) => (Array.isArray(value) ? value : [value])),
  'format/1': from1((input, name) => {
    if (typeof name !== 'string') throw new Failure(`${describeValue(name)} is not a valid format`);
    return formatAs(name, input);
  }),
  'infinite/0': from0(() => Number.POSITIVE_INFINITY),
  'nan/0': from0(() => Number.NaN),
  'isinfinite/0': from0((value) => Math.abs(wantNumber(value)) === Number.POSITIVE_INFINITY),
  'isnan/0': from0((value) => Number.isNaN(wantNumber(value))),
  'isnormal/0': from0((value) => isNormal(wantNumber(value))),
  'isfinite/0': from0((value) => Math.abs(wantNumber(value)) !== Number.POSITIVE_INFINITY),
  'values/0': select((value) => value !== null),
  'nulls/0': select((value) => value === null),
  'booleans/0': select((value) => typeof value === 'boolean'),
  'numbers/0': select((value) => typeof value === 'number'),
  'finites/0': select((value) => typeof value === 'number' && Number.isFinite(value)),
  'normals/0': select(isNormal),
  'strings/0': select((value) => typeof value === 'string'),
  'arrays/0': select((value) => Array.isArray(value)),
  'objects/0': select((value) => isObject(value)),
  'iterables/0': select((value) => typeof value === 'object' && value !== null),
  'scalars/0': select((value) => typeof value !== 'object' || value === null),
  'error/0': () => many((_frame, input) => fail(input)),
  'error/1': ([a]) => {
    const message = need(a);
    return many((frame, input) => message.run(frame, input, fail));
  },
  // A program runs inside a larger one, so stopping it is an error like any other.
  'halt/0': () => many(() => fail('halt')),
  'halt_error/0': () => many((_frame, input) => fail(input)),
  'halt_error/1': ([a]) => {
    const code = need(a);
    return many((frame, input) =>
      code.run(frame, input, (value) => {
        if (typeof value !== 'number') throw new Failure('halt_error/1: number required');
        fail(input);
      }),
    );
  },
  // Nothing is written anywhere: these only pass their input on.
  'debug/0': () => identity(),
  'stderr/0': () => identity(),
  'debug/1': ([a]) => {
    const message = need(a);
    return scalar(
      (frame, input) => {
        message.run(frame, input, () => undefined);
        return input;
      },
      (_frame, path, value, emit) => emit(path, value),
    );
  },
  'input/0': () => many(() => fail('No more inputs')),
  'inputs/0': () => many(() => undefined),
  'input_filename/0': from0(() => null),
  'input_line_number/0': from0(() => 0),
  'env/0': from0(() => ({})),
  'have_literal_numbers/0': from0(() => true),
  'have_decnum/0': from0(() => false),
  'get_search_list/0': from0(() => []),
  'modulemeta/0': () => many(() => fail('modulemeta: programs have no modules')),
};

function identity() {
  return scalar(
    (_frame, input) => input,
    (_frame, path, value, emit) => emit(path, value),
  );
}
