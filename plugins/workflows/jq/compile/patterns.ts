// Variables, `as` and destructuring.
import { index } from '../access.ts';
import { Failure, JqSyntaxError } from '../errors.ts';
import { describeValue } from '../json.ts';
import type { Ast, Binding, Pattern } from '../syntax.ts';
import { isObject, type Value } from '../values.ts';
import { guarded } from './control.ts';
import { ancestor, bind, either, type Filter, type Frame, many, runTail, scalar } from './filter.ts';
import { type Context, declare, findSlot, type Scope } from './scope.ts';

type Node<T extends Ast['t']> = Extract<Ast, { t: T }>;
type Next = (frame: Frame) => void;
type Match = (frame: Frame, value: Value, next: Next) => void;

export function compileVariable(node: Node<'var'>, scope: Scope, context: Context): Filter {
  const distance = findSlot(scope, 'var', node.name);
  if (distance === null) {
    if (node.name === 'ENV') return scalar(() => ({}));
    throw new JqSyntaxError(`$${node.name} is not defined`, context.source, node.at);
  }
  if (distance === 0) return scalar((frame) => frame.slot as Value);
  if (distance === 1) return scalar((frame) => frame.up.slot as Value);
  return scalar((frame) => ancestor(frame, distance).slot as Value);
}

interface Compiled {
  scope: Scope;
  match: Match;
}

function compilePattern(pattern: Pattern, scope: Scope, context: Context): Compiled {
  if (pattern.t === 'var') {
    return { scope: declare(scope, 'var', pattern.name), match: (frame, value, next) => next(bind(value, frame)) };
  }
  let inner = scope;
  const steps: Match[] = [];
  if (pattern.t === 'array') {
    pattern.items.forEach((item, position) => {
      const compiled = compilePattern(item, inner, context);
      inner = compiled.scope;
      steps.push((frame, value, next) => {
        if (value !== null && !Array.isArray(value)) index(value, position);
        compiled.match(frame, index(value, position), next);
      });
    });
    return { scope: inner, match: sequence(steps) };
  }
  for (const entry of pattern.entries) {
    const key = context.compile(entry.key, inner, context);
    if (entry.bind !== null) inner = declare(inner, 'var', entry.bind);
    const compiled = entry.value ? compilePattern(entry.value, inner, context) : null;
    if (compiled) inner = compiled.scope;
    const named = entry.bind !== null;
    steps.push((frame, value, next) =>
      key.run(frame, value, (name) => {
        if (typeof name !== 'string') throw badKey(value, name);
        const found = index(value, name);
        const bound = named ? bind(found, frame) : frame;
        if (compiled) compiled.match(bound, found, next);
        else next(bound);
      }),
    );
  }
  return { scope: inner, match: sequence(steps) };
}

function badKey(value: Value, key: Value): Failure {
  if (isObject(value)) return new Failure(`Cannot index object with ${describeValue(key)}`);
  return new Failure(`Cannot index with ${describeValue(key)}`);
}

function sequence(steps: Match[]): Match {
  return (frame, value, next) => {
    const go = (position: number, inner: Frame): void => {
      const step = steps[position];
      if (step) step(inner, value, (bound) => go(position + 1, bound));
      else next(inner);
    };
    go(0, frame);
  };
}

function namesIn(pattern: Pattern): string[] {
  if (pattern.t === 'var') return [pattern.name];
  if (pattern.t === 'array') return pattern.items.flatMap(namesIn);
  return pattern.entries.flatMap((entry) => [
    ...(entry.bind === null ? [] : [entry.bind]),
    ...(entry.value ? namesIn(entry.value) : []),
  ]);
}

/** One way to bind the values of a source and what is to be done with each. */
export interface Bound<T> {
  source: Filter;
  /** the single plain variable of the usual case, for which no callback is needed */
  plain: T | null;
  /** tries the alternatives in turn; `use` is told which one matched */
  match: (frame: Frame, value: Value, use: (body: T, frame: Frame) => void) => void;
  /** the same for a body whose outputs go to `emit` and whose own failures lead to the next alternative */
  guardedMatch: <O extends unknown[]>(
    frame: Frame,
    value: Value,
    emit: (...outputs: O) => void,
    use: (body: T, frame: Frame, emit: (...outputs: O) => void) => void,
  ) => void;
}

/** Compiles the patterns, and for each of them the body in its scope. */
export function compileBinding<T>(
  binding: Binding,
  scope: Scope,
  context: Context,
  body: (scope: Scope) => T,
): Bound<T> {
  const source = context.compile(binding.source, scope, context);
  const [first] = binding.patterns;
  const several = binding.patterns.length > 1;
  // With alternatives every name of every pattern exists, and is null where its pattern was not the one.
  const names = several ? [...new Set(binding.patterns.flatMap(namesIn))] : [];
  const outer = names.reduce((inner, name) => declare(inner, 'var', name), scope);
  const ways = binding.patterns.map((pattern) => {
    const compiled = compilePattern(pattern, outer, context);
    return { match: compiled.match, body: body(compiled.scope) };
  });
  const prepared = (frame: Frame): Frame => names.reduce((inner) => bind(null, inner), frame);
  const last = ways.length - 1;
  const guardedMatch: Bound<T>['guardedMatch'] = (frame, value, emit, use) => {
    const start = prepared(frame);
    const attempt = (position: number): void => {
      const way = ways[position];
      if (!way) return;
      if (position === last) {
        way.match(start, value, (inner) => use(way.body, inner, emit));
        return;
      }
      guarded(
        context.budget,
        emit,
        (pass) => way.match(start, value, (inner) => use(way.body, inner, pass)),
        () => attempt(position + 1),
      );
    };
    attempt(0);
  };
  const match: Bound<T>['match'] = (frame, value, use) =>
    guardedMatch(
      frame,
      value,
      () => undefined,
      (way, inner) => use(way, inner),
    );
  return { source, plain: first?.t === 'var' && !several ? (ways[0]?.body ?? null) : null, match, guardedMatch };
}

export function compileAs(node: Node<'as'>, scope: Scope, context: Context): Filter {
  const bound = compileBinding(node.binding, scope, context, (inner) => context.compile(node.body, inner, context));
  const { source, plain } = bound;
  const { one } = source;
  if (!plain) {
    return many(
      (frame, input, emit) =>
        source.run(frame, input, (value) =>
          bound.guardedMatch<[Value]>(frame, value, emit, (body, inner, pass) => body.run(inner, input, pass)),
        ),
      (frame, path, input, emit) =>
        source.run(frame, input, (value) =>
          bound.guardedMatch(frame, value, emit, (body, inner, pass) => body.paths(inner, path, input, pass)),
        ),
    );
  }
  const paths: Filter['paths'] = (frame, path, input, emit) =>
    source.run(frame, input, (value) => plain.paths(bind(value, frame), path, input, emit));
  const { one: bodyOne } = plain;
  if (!one) {
    return many(
      (frame, input, emit) => source.run(frame, input, (value) => plain.run(bind(value, frame), input, emit)),
      paths,
    );
  }
  return either(
    bodyOne && ((frame, input) => bodyOne(bind(one(frame, input), frame), input)),
    (frame, input, emit) => plain.run(bind(one(frame, input), frame), input, emit),
    paths,
    plain.tail && ((frame, input, emit) => runTail(plain, bind(one(frame, input), frame), input, emit)),
  );
}
