// Helpers that turn a plain function on values into a builtin, with a loop over each argument's outputs.

import type { Filter, Frame } from '../compile/filter.ts';
import { either, scalar } from '../compile/filter.ts';
import type { Builtin } from '../compile/scope.ts';
import { Failure } from '../errors.ts';
import type { Budget } from '../limits.ts';
import type { Value } from '../values.ts';

export type Table = Record<string, Builtin>;

export function from0(work: (input: Value, budget: Budget) => Value): Builtin {
  return (_args, { budget }) => scalar((_frame, input) => work(input, budget));
}

export function from1(work: (input: Value, a: Value, budget: Budget) => Value): Builtin {
  return ([a], { budget }) => {
    const arg = need(a);
    const { one } = arg;
    return either(one && ((frame, input) => work(input, one(frame, input), budget)), (frame, input, emit) =>
      arg.run(frame, input, (value) => emit(work(input, value, budget))),
    );
  };
}

/** Any number of arguments; the last one is the outermost loop, as in jq's built in functions. */
export function fromMany(work: (input: Value, args: Value[], budget: Budget) => Value): Builtin {
  return (args, { budget }) => {
    const ones = args.flatMap((arg) => (arg.one ? [arg.one] : []));
    const known = ones.length === args.length;
    return either(
      known
        ? (frame, input) =>
            work(
              input,
              ones.map((one) => one(frame, input)),
              budget,
            )
        : null,
      (frame, input, emit) => product(args, frame, input, true, (values) => emit(work(input, values, budget))),
    );
  };
}

/** Every combination of the arguments' outputs. */
export function product(
  args: Filter[],
  frame: Frame,
  input: Value,
  lastOutermost: boolean,
  use: (values: Value[]) => void,
): void {
  const values: Value[] = args.map(() => null);
  const order = lastOutermost ? args.map((_arg, i) => args.length - 1 - i) : args.map((_arg, i) => i);
  const go = (level: number): void => {
    const position = order[level];
    if (position === undefined) use(values.slice());
    else
      args[position]?.run(frame, input, (value) => {
        values[position] = value;
        go(level + 1);
      });
  };
  go(0);
}

/** Arguments are counted when a call is looked up, so a missing one is a fault in this program. */
export function need(arg: Filter | undefined): Filter {
  if (!arg) throw new Error('missing argument');
  return arg;
}

export function arg(values: Value[], position: number): Value {
  return values[position] ?? null;
}

export function wantString(value: Value, message: (value: Value) => string): string {
  if (typeof value !== 'string') throw new Failure(message(value));
  return value;
}
