// Builtins that steer evaluation: select, loops without end, limits, first and last, ranges, recursion.

import { elements, index } from '../access.ts';
import { guarded } from '../compile/control.ts';
import {
  checkAccess,
  type Emit,
  type Filter,
  type Frame,
  firstOutput,
  many,
  type Path,
  type PathEmit,
  type Stop,
  scalar,
  step,
} from '../compile/filter.ts';
import type { Context } from '../compile/scope.ts';
import { Failure } from '../errors.ts';
import { describeValue } from '../json.ts';
import { type Budget, tick } from '../limits.ts';
import { truthy, type Value } from '../values.ts';
import { chain } from './chain.ts';
import { need, product, type Table } from './define.ts';

function select([a]: Filter[]): Filter {
  const test = need(a);
  const { one } = test;
  if (!one) {
    return many(
      (frame, input, emit) =>
        test.run(frame, input, (answer) => {
          if (truthy(answer)) emit(input);
        }),
      (frame, path, value, emit) =>
        test.run(frame, value, (answer) => {
          if (truthy(answer)) emit(path, value);
        }),
    );
  }
  return many(
    (frame, input, emit) => {
      if (truthy(one(frame, input))) emit(input);
    },
    (frame, path, value, emit) => {
      if (truthy(one(frame, value))) emit(path, value);
    },
  );
}

/** Runs `work` with a way to leave it early. */
function leaving(budget: Budget, work: (leave: () => never) => void): void {
  const stop: Stop = { value: undefined };
  const depth = budget.depth;
  try {
    work(() => {
      throw stop;
    });
  } catch (error) {
    if (error !== stop) throw error;
    budget.depth = depth;
  }
}

// The last item is handed on after the generator has been left, so nothing of it is evaluated further.
function take<T extends unknown[]>(
  budget: Budget,
  count: number,
  emit: (...outputs: T) => void,
  work: (emit: (...outputs: T) => void) => void,
): void {
  let left = count;
  let last: T | null = null;
  leaving(budget, (leave) =>
    work((...outputs) => {
      if (--left > 0) return emit(...outputs);
      last = outputs;
      leave();
    }),
  );
  if (last) emit(...(last as T));
}

function wantNumber(value: Value, name: string): number {
  if (typeof value !== 'number') throw new Failure(`${describeValue(value)} ${name} must be a number`);
  return value;
}

type Sink<T extends unknown[]> = (...outputs: T) => void;

/** A builtin of a number and a generator. `rule` works on the generator's outputs and on its paths alike. */
function counted(
  name: string,
  [n, f]: Filter[],
  rule: <T extends unknown[]>(number: number, emit: Sink<T>, work: (emit: Sink<T>) => void) => void,
): Filter {
  const count = need(n);
  const body = need(f);
  const each = (frame: Frame, input: Value, work: (number: number) => void) =>
    count.run(frame, input, (value) => work(wantNumber(value, name)));
  return many(
    (frame, input, emit) =>
      each(frame, input, (number) => rule<[Value]>(number, emit, (pass) => body.run(frame, input, pass))),
    (frame, path, value, emit) =>
      each(frame, value, (number) => rule(number, emit, (pass) => body.paths(frame, path, value, pass))),
  );
}

function limit(args: Filter[], { budget }: Context): Filter {
  return counted('limit', args, (number, emit, work) => {
    if (number > 0) take(budget, number, emit, work);
    else if (number < 0) work(emit);
  });
}

function skip(args: Filter[]): Filter {
  return counted('skip', args, (number, emit, work) => {
    if (number < 0) throw new Failure("skip doesn't support negative count");
    let left = number;
    work((...outputs) => {
      if (left > 0) left--;
      else emit(...outputs);
    });
  });
}

function first([f]: Filter[], { budget }: Context): Filter {
  const body = need(f);
  if (body.one) return body;
  return many(
    (frame, input, emit) => {
      const value = firstOutput(body, frame, input, budget);
      if (value !== undefined) emit(value);
    },
    (frame, path, value, emit) => take(budget, 1, emit, (pass) => body.paths(frame, path, value, pass)),
  );
}

// Without any output the last one is null, as in jq 1.7.
function last([f]: Filter[]): Filter {
  const body = need(f);
  return scalar(
    (frame, input) => {
      let found: Value = null;
      body.run(frame, input, (value) => {
        found = value;
      });
      return found;
    },
    (frame, path, value, emit) => {
      let found: Place = { path, value: null };
      body.paths(frame, path, value, (place, item) => {
        found = { path: place, value: item };
      });
      emit(found.path, found.value);
    },
  );
}

function nth(args: Filter[], { budget }: Context): Filter {
  return counted('nth', args, (number, emit, work) => {
    if (number < 0) throw new Failure("nth doesn't support negative indices");
    let seen = 0;
    const pass: typeof emit = (...outputs) => {
      if (++seen > number) emit(...outputs);
    };
    take(budget, number + 1, pass, work);
  });
}

function element(position: number): () => Filter {
  return () =>
    scalar(
      (_frame, input) => index(input, position),
      (_frame, path, value, emit) => {
        checkAccess(path, position, value);
        const found = index(value, position);
        emit(step(path, position, found), found);
      },
    );
}

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

/** Stops at the first output that decides; the others are not evaluated. */
function quantifier(settled: boolean) {
  return (source: Filter, test: Filter | null, budget: Budget): Filter =>
    scalar((frame, input) => {
      let answer = !settled;
      leaving(budget, (leave) =>
        source.run(frame, input, (value) => {
          const decide = (result: Value): void => {
            if (truthy(result) !== settled) return;
            answer = settled;
            leave();
          };
          if (test) test.run(frame, value, decide);
          else decide(value);
        }),
      );
      return answer;
    });
}

const any = quantifier(true);
const all = quantifier(false);

const elementsOf = (budget: Budget): Filter =>
  many((_frame, input, emit) => {
    for (const value of elements(input)) {
      tick(budget);
      emit(value);
    }
  });

function isEmpty([f]: Filter[], { budget }: Context): Filter {
  const body = need(f);
  return scalar((frame, input) => firstOutput(body, frame, input, budget) === undefined);
}

function errorGuard([f]: Filter[], { budget }: Context): Filter {
  const body = need(f);
  return scalar((frame, input) => {
    let failed = false;
    guarded<[Value]>(
      budget,
      () => undefined,
      (pass) => body.run(frame, input, pass),
      () => {
        failed = true;
      },
    );
    return !failed;
  });
}

export const flow: Table = {
  'empty/0': () =>
    many(
      () => undefined,
      () => undefined,
    ),
  'select/1': select,
  'limit/2': limit,
  'skip/2': skip,
  'first/1': first,
  'last/1': last,
  'nth/2': nth,
  'first/0': element(0),
  'last/0': element(-1),
  'range/1': range,
  'range/2': range,
  'range/3': range,
  'recurse/1': ([f], context) => chained(need(f), null, context),
  'recurse/2': recurseWhile,
  'repeat/1': repeat,
  'while/2': ([c, f], context) => chained(need(f), need(c), context),
  'until/2': until,
  'isempty/1': isEmpty,
  'isvalid/1': errorGuard,
  'any/0': (_args, { budget }) => any(elementsOf(budget), null, budget),
  'any/1': ([f], { budget }) => any(elementsOf(budget), need(f), budget),
  'any/2': ([g, f], { budget }) => any(need(g), need(f), budget),
  'all/0': (_args, { budget }) => all(elementsOf(budget), null, budget),
  'all/1': ([f], { budget }) => all(elementsOf(budget), need(f), budget),
  'all/2': ([g, f], { budget }) => all(need(g), need(f), budget),
};
