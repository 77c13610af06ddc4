// Function definitions and calls: the program's own, parameters, built in ones, and those written in jq.
import { JqSyntaxError } from '../errors.ts';
import { enter, tick } from '../limits.ts';
import type { Ast } from '../syntax.ts';
import { ancestor, bind, type Closure, type Filter, type Frame, finish, many, ROOT, type TailCall } from './filter.ts';
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
  // `def f($a): body` stands for `def f(a): a as $a | body`.
  const full = params
    .filter((param) => param.startsWith('$'))
    .reduceRight<Ast>((inner, param) => {
      const name = param.slice(1);
      const source: Ast = { t: 'call', name, args: [], at: 0 };
      return { t: 'as', binding: { source, patterns: [{ t: 'var', name }] }, body: inner };
    }, body);
  entry.filter = context.compile(full, scope, context);
  entry.busy = false;
  return entry.filter;
}

type MakeSlot = (frame: Frame) => Closure;

function makeArgument(arg: Ast, scope: Scope, context: Context): MakeSlot {
  // A parameter passed on as it is: hand over its closure, so that recursion builds no chains of them.
  const direct = arg.t === 'call' && arg.args.length === 0 ? findCallable(scope, arg.name, 0) : null;
  if (direct && 'param' in direct) {
    const distance = direct.param;
    return (frame) => ancestor(frame, distance).slot as Closure;
  }
  const filter = context.compile(arg, scope, context);
  return (frame) => ({ filter, frame });
}

function callFunction(
  entry: FunctionEntry,
  distance: number | null,
  args: Ast[],
  scope: Scope,
  context: Context,
): Filter {
  const known = ensureCompiled(entry, context);
  const slots = args.map((arg) => makeArgument(arg, scope, context));
  const { budget } = context;
  const open = (frame: Frame): Frame => {
    let inner = distance === null ? ROOT : ancestor(frame, distance);
    for (const slot of slots) inner = bind(slot(frame), inner);
    return inner;
  };
  const bodyOf = (): Filter => {
    if (!entry.filter) throw new Error(`${entry.definition.name} is not compiled`);
    return entry.filter;
  };
  const call = (frame: Frame, input: TailCall['input']): TailCall => ({ body: bodyOf(), frame: open(frame), input });
  const base = many(
    (frame, input, emit) => {
      tick(budget);
      enter(budget);
      finish(budget, call(frame, input), emit);
      budget.depth--;
    },
    (frame, path, value, emit) => {
      tick(budget);
      enter(budget);
      bodyOf().paths(open(frame), path, value, emit);
      budget.depth--;
    },
    call,
  );
  const one = known?.one;
  if (!one) return base;
  return {
    ...base,
    tail: null,
    one: (frame, input) => {
      tick(budget);
      return one(open(frame), input);
    },
  };
}
