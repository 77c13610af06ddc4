// `|`, `,`, arithmetic, comparisons, `and`, `or` and the minus sign.
import { negate, operators } from '../arithmetic.ts';
import type { Ast } from '../syntax.ts';
import { truthy } from '../values.ts';
import { either, type Filter, many, runTail } from './filter.ts';
import type { Context, Scope } from './scope.ts';

type Node<T extends Ast['t']> = Extract<Ast, { t: T }>;

export function compilePipe(node: Node<'pipe'>, scope: Scope, context: Context): Filter {
  const left = context.compile(node.left, scope, context);
  const right = context.compile(node.right, scope, context);
  return pipe(left, right);
}

function pipe(left: Filter, right: Filter): Filter {
  const { one: first } = left;
  const { one: second } = right;
  const paths: Filter['paths'] = (frame, path, value, emit) =>
    left.paths(frame, path, value, (place, found) => right.paths(frame, place, found, emit));
  if (first) {
    return either(
      second && ((frame, input) => second(frame, first(frame, input))),
      (frame, input, emit) => right.run(frame, first(frame, input), emit),
      paths,
      right.tail && ((frame, input, emit) => runTail(right, frame, first(frame, input), emit)),
    );
  }
  if (second) return many((frame, input, emit) => left.run(frame, input, (value) => emit(second(frame, value))), paths);
  return many((frame, input, emit) => left.run(frame, input, (value) => right.run(frame, value, emit)), paths);
}

export function compileComma(node: Node<'comma'>, scope: Scope, context: Context): Filter {
  const left = context.compile(node.left, scope, context);
  const right = context.compile(node.right, scope, context);
  return many(
    (frame, input, emit) => {
      left.run(frame, input, emit);
      right.run(frame, input, emit);
    },
    (frame, path, value, emit) => {
      left.paths(frame, path, value, emit);
      right.paths(frame, path, value, emit);
    },
    right.tail &&
      ((frame, input, emit) => {
        left.run(frame, input, emit);
        return runTail(right, frame, input, emit);
      }),
  );
}

export function compileBinary(node: Node<'binary'>, scope: Scope, context: Context): Filter {
  const left = context.compile(node.left, scope, context);
  const right = context.compile(node.right, scope, context);
  const apply = operators[node.op];
  if (!apply) throw new Error(`no operator ${node.op}`);
  const { budget } = context;
  const { one: leftOne } = left;
  const { one: rightOne } = right;
  if (leftOne && node.right.t === 'literal') {
    const { value } = node.right;
    return either(
      (frame, input) => apply(budget, leftOne(frame, input), value),
      () => undefined,
    );
  }
  // The right side is the outer loop.
  return either(
    leftOne &&
      rightOne &&
      ((frame, input) => {
        const b = rightOne(frame, input);
        return apply(budget, leftOne(frame, input), b);
      }),
    (frame, input, emit) => right.run(frame, input, (b) => left.run(frame, input, (a) => emit(apply(budget, a, b)))),
  );
}

export function compileNegate(node: Node<'negate'>, scope: Scope, context: Context): Filter {
  const of = context.compile(node.of, scope, context);
  const { one } = of;
  return either(one && ((frame, input) => negate(one(frame, input))), (frame, input, emit) =>
    of.run(frame, input, (value) => emit(negate(value))),
  );
}

export function compileLogic(node: Node<'and' | 'or'>, scope: Scope, context: Context): Filter {
  const left = context.compile(node.left, scope, context);
  const right = context.compile(node.right, scope, context);
  const settled = node.t === 'or';
  const { one: leftOne } = left;
  const { one: rightOne } = right;
  return either(
    leftOne &&
      rightOne &&
      ((frame, input) => (truthy(leftOne(frame, input)) === settled ? settled : truthy(rightOne(frame, input)))),
    (frame, input, emit) =>
      left.run(frame, input, (a) => {
        if (truthy(a) === settled) emit(settled);
        else right.run(frame, input, (b) => emit(truthy(b)));
      }),
  );
}
