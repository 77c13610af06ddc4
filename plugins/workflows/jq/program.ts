// One program: its text compiled to closures, and its runs, each with a budget.
import { builtins } from './builtins/index.ts';
import { compile } from './compile/compile.ts';
import { bind, type Frame, firstOutput, ROOT, scalar } from './compile/filter.ts';
import { type Builtin, type Context, declare, rootScope } from './compile/scope.ts';
import { Failure, JqError, JqLimitError, JqSyntaxError } from './errors.ts';
import { shortJson } from './json.ts';
import { type Budget, createBudget, type Limits, resetBudget } from './limits.ts';
import { parseProgram } from './parse/parser.ts';
import { createPrelude, preludeNames } from './prelude.ts';
import { isSmall } from './small.ts';
import type { Ast } from './syntax.ts';
import type { Value } from './values.ts';

export interface JqOptions {
  /** names, without the dollar sign, of variables the program may use */
  variables?: string[];
  limits?: Partial<Limits>;
}

export interface Program {
  /** All outputs. Throws JqError. `limits` instead of those that it was compiled with. */
  run(input: unknown, variables?: Record<string, unknown>, limits?: Limits): unknown[];
  /** The first output, or null where there is none; what comes after it is not evaluated. */
  first(input: unknown, variables?: Record<string, unknown>, limits?: Limits): unknown;
  /** of the latest run */
  steps(): number;
}

/** Characters of what a program throws that its message has. */
const LONGEST_MESSAGE = 2_000;

/** What may be compiled, for all programs and for each character of one: alternatives of patterns double what follows. */
const NODES = 2_000;
const NODES_FOR_CHARACTER = 4;

const allBuiltins = new Map<string, Builtin>([...builtins, ['builtins/0', () => scalar(() => builtinNames())]]);

/** `name/arity` of every function, but those that are only there for others. */
export function builtinNames(): string[] {
  return [...builtins.keys(), ...preludeNames()].filter((name) => !name.startsWith('_'));
}

/** Throws JqSyntaxError. */
export function prepare(source: string, options: JqOptions = {}): Program {
  return made(source, parsed(source), options);
}

/** The same for a program that is small by its text alone; null for another, which is not even compiled. */
export function prepareSmall(source: string, options: JqOptions = {}): Program | null {
  const tree = parsed(source);
  return isSmall(tree, options.variables ?? []) ? made(source, tree, options) : null;
}

function parsed(source: string): Ast {
  return withoutOverflow(() => parseProgram(source), tooDeep(source));
}

function tooDeep(source: string): JqSyntaxError {
  return new JqSyntaxError('nested too deeply', source, 0);
}

function made(source: string, tree: Ast, options: JqOptions): Program {
  const { variables = [] } = options;
  const budget = createBudget(options.limits);
  const given = budget.limits;
  const left = NODES + NODES_FOR_CHARACTER * source.length;
  const context: Context = { source, budget, left, compile, builtins: allBuiltins, prelude: createPrelude() };
  const scope = variables.reduce((inner, name) => declare(inner, 'var', name), rootScope);
  const filter = withoutOverflow(() => compile(tree, scope, context), tooDeep(source));
  const { one } = filter;
  return {
    steps: () => budget.steps,
    run: (input, values, limits = given) =>
      evaluated(limits, values, (frame) => {
        const start = (input ?? null) as Value;
        if (one) return [one(frame, start)];
        const outputs: unknown[] = [];
        filter.run(frame, start, (value) => {
          if (outputs.length >= limits.outputs) {
            throw new JqLimitError('outputs', `more than ${limits.outputs} outputs`);
          }
          outputs.push(value);
        });
        return outputs;
      }),
    first: (input, values, limits = given) =>
      evaluated(limits, values, (frame) => {
        const start = (input ?? null) as Value;
        return one ? one(frame, start) : (firstOutput(filter, frame, start, budget) ?? null);
      }),
  };

  function evaluated<T>(limits: Limits, values: Record<string, unknown> = {}, work: (frame: Frame) => T): T {
    const frame = variables.reduce<Frame>((inner, name) => bind(variable(values, name), inner), ROOT);
    resetBudget(budget, limits);
    try {
      return work(frame);
    } catch (error) {
      throw toJqError(error, budget);
    }
  }
}

function variable(given: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(given, name) ? (given[name] ?? null) : null;
}

function toJqError(error: unknown, budget: Budget): unknown {
  if (error instanceof Failure) return new JqError(error.value, messageOf(error.value as Value));
  if (!(error instanceof RangeError)) return error;
  // The stack or the size of a value: either way the program asked for too much.
  return new JqLimitError('depth', `nested too deeply (${budget.depth} calls)`);
}

/** What was thrown may be endless once it is written out: the text ends where it is long enough to be read. */
function messageOf(value: Value): string {
  if (typeof value !== 'string') return `${shortJson(value, LONGEST_MESSAGE)} (not a string)`;
  return value.length > LONGEST_MESSAGE ? `${value.slice(0, LONGEST_MESSAGE)}...` : value;
}

function withoutOverflow<T>(work: () => T, instead: Error): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw instead;
    throw error;
  }
}
