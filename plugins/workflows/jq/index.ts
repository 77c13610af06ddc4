// jq programs: compile once, run many times on plain JSON values.
import { builtins } from './builtins/index.ts';
import { compile } from './compile/compile.ts';
import { bind, type Frame, ROOT, scalar } from './compile/filter.ts';
import { type Builtin, type Context, declare, rootScope } from './compile/scope.ts';
import { Failure, JqError, JqLimitError, JqSyntaxError } from './errors.ts';
import { type Budget, createBudget, type Limits, resetBudget } from './limits.ts';
import { parseProgram } from './parse/parser.ts';
import { createPrelude, preludeNames } from './prelude.ts';
import type { Value } from './values.ts';

export { JqError, JqLimitError, JqSyntaxError } from './errors.ts';
export { defaultLimits, type Limits } from './limits.ts';

export interface JqOptions {
  /** names, without the dollar sign, of variables the program may use */
  variables?: string[];
  limits?: Partial<Limits>;
}

export type JqProgram = (input: unknown, variables?: Record<string, unknown>) => unknown[];

const allBuiltins = new Map<string, Builtin>([
  ...builtins,
  ['builtins/0', () => scalar(() => [...builtins.keys(), ...preludeNames()])],
]);

export function compileJq(source: string, options: JqOptions = {}): JqProgram {
  const { variables = [], limits } = options;
  const budget = createBudget(limits);
  const context: Context = { source, budget, compile, builtins: allBuiltins, prelude: createPrelude() };
  const filter = withoutOverflow(
    () => {
      const scope = variables.reduce((inner, name) => declare(inner, 'var', name), rootScope);
      return compile(parseProgram(source), scope, context);
    },
    new JqSyntaxError('nested too deeply', source, 0),
  );
  const { one } = filter;
  return (input, given = {}) => {
    const frame = variables.reduce<Frame>((inner, name) => bind(variable(given, name), inner), ROOT);
    const start = (input ?? null) as Value;
    resetBudget(budget);
    try {
      if (one) return [one(frame, start)];
      const outputs: unknown[] = [];
      filter.run(frame, start, (value) => {
        if (outputs.length >= budget.limits.outputs) {
          throw new JqLimitError('outputs', `more than ${budget.limits.outputs} outputs`);
        }
        outputs.push(value);
      });
      return outputs;
    } catch (error) {
      throw toJqError(error, budget);
    }
  };
}

function variable(given: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(given, name) ? (given[name] ?? null) : null;
}

function toJqError(error: unknown, budget: Budget): unknown {
  if (error instanceof Failure) return new JqError(error.value);
  if (!(error instanceof RangeError)) return error;
  // The stack or the size of a value: either way the program asked for too much.
  return new JqLimitError('depth', `nested too deeply (${budget.depth} calls)`);
}

function withoutOverflow<T>(work: () => T, instead: Error): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw instead;
    throw error;
  }
}
