// Builtins that choose among outputs: select, limit, skip, first, last, nth, any, all.

import { elements, index } from '../access.ts';
import { guarded } from '../compile/control.ts';
import {
  checkAccess,
  type Filter,
  type Frame,
  firstOutput,
  many,
  type Path,
  type Stop,
  scalar,
  step,
} from '../compile/filter.ts';
import type { Context } from '../compile/scope.ts';
import { Failure } from '../errors.ts';
import { describeValue } from '../json.ts';
import { type Budget, tick } from '../limits.ts';
import { truthy, type Value } from '../values.ts';
import { need, type Table } from './define.ts';

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
    else if (number < 0) throw new Failure("limit doesn't support negative count");
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

function last([f]: Filter[]): Filter {
  const body = need(f);
  if (body.one) return body;
  return many(
    (frame, input, emit) => {
      let found: Value | undefined;
      body.run(frame, input, (value) => {
        found = value;
      });
      if (found !== undefined) emit(found);
    },
    (frame, path, value, emit) => {
      const found: { place?: { path: Path; value: Value } } = {};
      body.paths(frame, path, value, (place, item) => {
        found.place = { path: place, value: item };
      });
      if (found.place) emit(found.place.path, found.place.value);
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
  'isempty/1': isEmpty,
  'isvalid/1': errorGuard,
  'any/0': (_args, { budget }) => any(elementsOf(budget), null, budget),
  'any/1': ([f], { budget }) => any(elementsOf(budget), need(f), budget),
  'any/2': ([g, f], { budget }) => any(need(g), need(f), budget),
  'all/0': (_args, { budget }) => all(elementsOf(budget), null, budget),
  'all/1': ([f], { budget }) => all(elementsOf(budget), need(f), budget),
  'all/2': ([g, f], { budget }) => all(need(g), need(f), budget),
};
