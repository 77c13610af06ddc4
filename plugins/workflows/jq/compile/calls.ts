// Function definitions and calls: the program's own, parameters, built in ones, and those written in jq.
import { JqSyntaxError } from '../errors.ts';
import { enter, tick } from '../limits.ts';
import type { Ast } from '../syntax.ts';
import type { Value } from '../values.ts';
import {
  ancestor,
  bind,
  type Closure,
  type Filter,
  type Frame,
  finish,
  many,
  ROOT,
  scalar,
  type TailCall,
} from './filter.ts';
import { type Context, declare, declareFunction, type FunctionEntry, findCallable, type Scope } from './scope.ts';

type Node<T extends Ast['t']> = Extract<Ast, { t: T }>;

export function compileDef(node: Node<'def'>, scope: Scope, context: Context): Filter {
  const declared = declareFunction(scope, node.definition);
  ensureCompiled(declared.entry, context);
  return context.compile(node.rest, declared.scope, context);
}

export function compileCall(node: Node<'call'>, scope: Scope, context: Context): Filter {
  const { name, args } = node;
  const key = `${name}/${args.length}`;
  const found = findCallable(scope, name, args.length);
  if (found && 'param' in found) return callParam(found.param, context);
  if (found) return callFunction(found.entry, found.distance, args, scope, context);
  const builtin = context.builtins.get(key);
  if (builtin) {
    return builtin(
      args.map((arg) => context.compile(arg, scope, context)),
      context,
    );
  }
  const entry = context.prelude(key);
  if (entry) return callFunction(entry, null, args, scope, context);
  if (name.includes('::')) throw new JqSyntaxError(`${key}: programs have no modules`, context.source, node.at);
  throw new JqSyntaxError(`${key} is not defined`, context.source, node.at);
}

function callParam(distance: number, context: Context): Filter {
  const { budget } = context;
  return many(
    (frame, input, emit) => {
      const closure = ancestor(frame, distance).slot as Closure;
      tick(budget);
      closure.filter.run(closure.frame, input, emit);
    },
    (frame, path, value, emit) => {
      const closure = ancestor(frame, distance).slot as Closure;
      tick(budget);
      closure.filter.paths(closure.frame, path, value, emit);
    },
    (frame, input) => {
      const closure = ancestor(frame, distance).slot as Closure;
      return { body: closure.filter, frame: closure.frame, input };
    },
  );
}

function ensureCompiled(entry: FunctionEntry, context: Context): Filter | null {
  if (entry.filter || entry.busy) return entry.filter;
  entry.busy = true;
  const { params, body } = entry.definition;
  let scope = entry.scope;
  for (const param of params) scope = declare(scope, 'param', param.replace(/^\$/, ''));
  // `def f($a): body` knows its argument both as the value `$a` and as the function `a`.
  for (const param of params) if (param.startsWith('$')) scope = declare(scope, 'var', param.slice(1));
  entry.filter = context.compile(body, scope, context);
  entry.busy = false;
  return entry.filter;
}

interface Argument {
  slot: (frame: Frame) => Closure;
  filter: Filter;
}

function makeArgument(arg: Ast, scope: Scope, context: Context): Argument {
  // A parameter passed on as it is: hand over its closure, so that recursion builds no chains of them.
  const direct = arg.t === 'call' && arg.args.length === 0 ? findCallable(scope, arg.name, 0) : null;
  if (direct && 'param' in direct) {
    const distance = direct.param;
    return { slot: (frame) => ancestor(frame, distance).slot as Closure, filter: callParam(distance, context) };
  }
  const filter = context.compile(arg, scope, context);
  return { slot: (frame) => ({ filter, frame }), filter };
}

function callFunction(
  entry: FunctionEntry,
  distance: number | null,
  args: Ast[],
  scope: Scope,
  context: Context,
): Filter {
  const known = ensureCompiled(entry, context);
  const made = args.map((arg) => makeArgument(arg, scope, context));
  const values = made.filter((_arg, i) => entry.definition.params[i]?.startsWith('$')).map((arg) => arg.filter);
  const ones = values.flatMap((filter) => (filter.one ? [filter.one] : []));
  const { budget } = context;
  const bodyOf = (): Filter => {
    if (!entry.filter) throw new Error(`${entry.definition.name} is not compiled`);
    return entry.filter;
  };
  const closures = (frame: Frame): Frame => {
    let inner = distance === null ? ROOT : ancestor(frame, distance);
    for (const arg of made) inner = bind(arg.slot(frame), inner);
    return inner;
  };
  // Each combination of the values for `$name` parameters is a call of its own.
  const eachFrame = (frame: Frame, input: Value, use: (inner: Frame) => void): void => {
    const go = (position: number, inner: Frame): void => {
      const filter = values[position];
      if (!filter) use(inner);
      else filter.run(frame, input, (value) => go(position + 1, bind(value, inner)));
    };
    go(0, closures(frame));
  };
  const single = ones.length === values.length;
  const open = (frame: Frame, input: Value): Frame => {
    let inner = closures(frame);
    for (const one of ones) inner = bind(one(frame, input), inner);
    return inner;
  };
  const nested = (work: () => void): void => {
    tick(budget);
    enter(budget);
    work();
    budget.depth--;
  };
  const paths: Filter['paths'] = (frame, path, value, emit) =>
    nested(() => eachFrame(frame, value, (inner) => bodyOf().paths(inner, path, value, emit)));
  if (!single) {
    const run: Filter['run'] = (frame, input, emit) =>
      nested(() => eachFrame(frame, input, (frame2) => finish(budget, { body: bodyOf(), frame: frame2, input }, emit)));
    return many(run, paths);
  }
  const call = (frame: Frame, input: Value): TailCall => ({ body: bodyOf(), frame: open(frame, input), input });
  const one = known?.one;
  if (one) {
    return scalar((frame, input) => {
      tick(budget);
      return one(open(frame, input), input);
    }, paths);
  }
  return many((frame, input, emit) => nested(() => finish(budget, call(frame, input), emit)), paths, call);
}
