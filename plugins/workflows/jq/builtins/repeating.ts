// Builtins that go on until something ends them: ranges, recurse, while, until, repeat.
import { type Emit, type Filter, type Frame, many, type Path, type PathEmit } from '../compile/filter.ts';
import type { Context } from '../compile/scope.ts';
import { Failure } from '../errors.ts';
import { tick } from '../limits.ts';
import { truthy, type Value } from '../values.ts';
import { chain } from './chain.ts';
import { need, product, type Table } from './define.ts';

function range(args: Filter[], { budget }: Context): Filter {
  return many((frame, input, emit) =>
    product(args, frame, input, false, (values) => {
      const [a, b, c] = values;
      const numbers = (args.length === 1 ? [0, a, 1] : [a, b, c ?? 1]).map((value) => {
        if (typeof value !== 'number') throw new Failure('Range bounds must be numeric');
        return value;
      });
      const [from = 0, upto = 0, by = 1] = numbers;
      if (by > 0) {
        for (let i = from; i < upto; i += by) {
          tick(budget);
          emit(i);
        }
      } else if (by < 0) {
        for (let i = from; i > upto; i += by) {
          tick(budget);
          emit(i);
        }
      }
    }),
  );
}

interface Place {
  path: Path;
  value: Value;
}

// `., (f | recurse)` with a test before each output; `while` and `recurse` are both of this form.
function chained(next: Filter, test: Filter | null, context: Context): Filter {
  const { budget } = context;
  const enter = (frame: Frame, value: Value, go: () => void): void => {
    if (!test) go();
    else if (test.one) {
      if (truthy(test.one(frame, value))) go();
    } else
      test.run(frame, value, (answer) => {
        if (truthy(answer)) go();
      });
  };
  return many(
    (frame, input, emit) =>
      chain<Value>(
        budget,
        input,
        (value, deeper) =>
          enter(frame, value, () => {
            emit(value);
            deeper();
          }),
        (value, found) => next.run(frame, value, found),
      ),
    (frame, path, value, emit) =>
      chain<Place>(
        budget,
        { path, value },
        (place, deeper) =>
          enter(frame, place.value, () => {
            emit(place.path, place.value);
            deeper();
          }),
        (place, found) => next.paths(frame, place.path, place.value, (to, item) => found({ path: to, value: item })),
      ),
  );
}

/** The outputs for one and the same input over and over; jq defines it as `f, repeat(f)`. */
function repeat([f]: Filter[], { budget }: Context): Filter {
  const body = need(f);
  return many(
    (frame, input, emit) => {
      while (true) {
        tick(budget);
        body.run(frame, input, emit);
      }
    },
    (frame, path, value, emit) => {
      while (true) {
        tick(budget);
        body.paths(frame, path, value, emit);
      }
    },
  );
}

// `recurse(f; cond)` tests what f gives, not the start.
function recurseWhile([f, c]: Filter[], context: Context): Filter {
  const next = need(f);
  const test = need(c);
  return chained(
    many(
      (frame, input, emit) =>
        next.run(frame, input, (value) =>
          test.run(frame, value, (answer) => {
            if (truthy(answer)) emit(value);
          }),
        ),
      (frame, path, input, emit) =>
        next.paths(frame, path, input, (place, value) =>
          test.run(frame, value, (answer) => {
            if (truthy(answer)) emit(place, value);
          }),
        ),
    ),
    null,
    context,
  );
}

function until([c, f]: Filter[], { budget }: Context): Filter {
  const test = need(c);
  const next = need(f);
  const run = <T>(
    frame: Frame,
    start: T,
    valueIn: (item: T) => Value,
    emit: (item: T) => void,
    follow: (item: T, found: (item: T) => void) => void,
  ) =>
    chain<T>(
      budget,
      start,
      (item, deeper) =>
        test.run(frame, valueIn(item), (answer) => {
          if (truthy(answer)) emit(item);
          else deeper();
        }),
      follow,
    );
  return many(
    (frame, input, emit: Emit) =>
      run<Value>(
        frame,
        input,
        (value) => value,
        emit,
        (value, found) => next.run(frame, value, found),
      ),
    (frame, path, value, emit: PathEmit) =>
      run<Place>(
        frame,
        { path, value },
        (place) => place.value,
        (place) => emit(place.path, place.value),
        (place, found) => next.paths(frame, place.path, place.value, (to, item) => found({ path: to, value: item })),
      ),
  );
}

export const repeating: Table = {
  'range/1': range,
  'range/2': range,
  'range/3': range,
  'recurse/1': ([f], context) => chained(need(f), null, context),
  'recurse/2': recurseWhile,
  'repeat/1': repeat,
  'while/2': ([c, f], context) => chained(need(f), need(c), context),
  'until/2': until,
};
