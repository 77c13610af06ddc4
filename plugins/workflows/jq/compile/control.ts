// `if`, `try`, `?`, `//`, `label` and `break`.
import { Failure, JqSyntaxError } from '../errors.ts';
import { type Budget, work } from '../limits.ts';
import type { Ast } from '../syntax.ts';
import { truthy, type Value } from '../values.ts';
import { ancestor, bind, either, type Filter, type Frame, many, runTail, scalar } from './filter.ts';
import { type Context, declare, findSlot, type Scope } from './scope.ts';

type Node<T extends Ast['t']> = Extract<Ast, { t: T }>;

const same: Filter = scalar(
  (_frame, input) => input,
  (_frame, path, value, emit) => emit(path, value),
);

export function compileIf(node: Node<'if'>, scope: Scope, context: Context): Filter {
  const condition = context.compile(node.condition, scope, context);
  const then = context.compile(node.then, scope, context);
  const otherwise = node.otherwise ? context.compile(node.otherwise, scope, context) : same;
  const { one: test } = condition;
  const { one: thenOne } = then;
  const { one: elseOne } = otherwise;
  const paths: Filter['paths'] = (frame, path, value, emit) =>
    condition.run(frame, value, (answer) => (truthy(answer) ? then : otherwise).paths(frame, path, value, emit));
  if (!test) {
    return many(
      (frame, input, emit) =>
        condition.run(frame, input, (answer) => (truthy(answer) ? then : otherwise).run(frame, input, emit)),
      paths,
    );
  }
  return either(
    thenOne && elseOne && ((frame, input) => (truthy(test(frame, input)) ? thenOne : elseOne)(frame, input)),
    (frame, input, emit) => (truthy(test(frame, input)) ? then : otherwise).run(frame, input, emit),
    paths,
    then.tail || otherwise.tail
      ? (frame, input, emit) => runTail(truthy(test(frame, input)) ? then : otherwise, frame, input, emit)
      : null,
  );
}

/** Steps for a failure that is caught: its message is made, and the engine goes back through all calls. */
const FOR_FAILURE = 8;

/** `error("x") | ...` caught by this `try`, or null when it is not ours to catch. */
function caught(error: unknown): Failure | null {
  if (!(error instanceof Failure)) return null;
  work(FOR_FAILURE);
  return error;
}

/** Runs `work`; a failure it raises itself is handled, one raised by whoever takes its outputs is not. */
export function guarded<T extends unknown[]>(
  budget: Budget,
  emit: (...outputs: T) => void,
  work: (emit: (...outputs: T) => void) => void,
  handle: (failure: Failure) => void,
): void {
  const depth = budget.depth;
  let outside = false;
  try {
    work((...outputs) => {
      outside = true;
      emit(...outputs);
      outside = false;
    });
  } catch (error) {
    const failure = outside ? null : caught(error);
    if (!failure) throw error;
    budget.depth = depth;
    handle(failure);
  }
}

/** `error(break)`: jq's own mark for leaving a `try` quietly. */
function isBreak(failure: Failure): boolean {
  const { value } = failure;
  return typeof value === 'object' && value !== null && Object.hasOwn(value, '__jq');
}

export function compileTry(node: Node<'try'>, scope: Scope, context: Context): Filter {
  const body = context.compile(node.body, scope, context);
  const handler = node.handler && context.compile(node.handler, scope, context);
  const { budget } = context;
  const recover = (failure: Failure): Value => failure.value as Value;
  const { one } = body;
  return many(
    (frame, input, emit) => {
      if (one) {
        const depth = budget.depth;
        let value: Value;
        try {
          value = one(frame, input);
        } catch (error) {
          const failure = caught(error);
          if (!failure) throw error;
          budget.depth = depth;
          if (isBreak(failure)) throw failure;
          handler?.run(frame, recover(failure), emit);
          return;
        }
        emit(value);
        return;
      }
      guarded<[Value]>(
        budget,
        emit,
        (pass) => body.run(frame, input, pass),
        (failure) => {
          if (isBreak(failure)) throw failure;
          handler?.run(frame, recover(failure), emit);
        },
      );
    },
    (frame, path, value, emit) =>
      guarded(
        budget,
        emit,
        (pass) => body.paths(frame, path, value, pass),
        (failure) => {
          if (isBreak(failure)) throw failure;
          handler?.paths(frame, path, recover(failure), emit);
        },
      ),
  );
}

export function compileAlternative(node: Node<'alternative'>, scope: Scope, context: Context): Filter {
  const left = context.compile(node.left, scope, context);
  const right = context.compile(node.right, scope, context);
  const { budget } = context;
  const { one: leftOne } = left;
  const { one: rightOne } = right;
  const attempt = (frame: Frame, input: Value): Value => {
    const depth = budget.depth;
    try {
      return leftOne ? leftOne(frame, input) : null;
    } catch (error) {
      if (!caught(error)) throw error;
      budget.depth = depth;
      return null;
    }
  };
  const run: Filter['run'] = (frame, input, emit) => {
    if (leftOne) {
      const value = attempt(frame, input);
      if (truthy(value)) emit(value);
      else right.run(frame, input, emit);
      return;
    }
    let found = false;
    guarded<[Value]>(
      budget,
      emit,
      (pass) =>
        left.run(frame, input, (value) => {
          if (!truthy(value)) return;
          found = true;
          pass(value);
        }),
      () => undefined,
    );
    if (!found) right.run(frame, input, emit);
  };
  const paths: Filter['paths'] = (frame, path, input, emit) => {
    let found = false;
    guarded(
      budget,
      emit,
      (pass) =>
        left.paths(frame, path, input, (place, value) => {
          if (!truthy(value)) return;
          found = true;
          pass(place, value);
        }),
      () => undefined,
    );
    if (!found) right.paths(frame, path, input, emit);
  };
  const one: Filter['one'] =
    leftOne &&
    rightOne &&
    ((frame, input) => {
      const value = attempt(frame, input);
      return truthy(value) ? value : rightOne(frame, input);
    });
  return either(one, run, paths);
}

export function compileLabel(node: Node<'label'>, scope: Scope, context: Context): Filter {
  const body = context.compile(node.body, declare(scope, 'label', node.name), context);
  const { budget } = context;
  const leave = (frame: Frame, work: (inner: Frame) => void): void => {
    const token = { label: node.name };
    const depth = budget.depth;
    try {
      work(bind(token, frame));
    } catch (error) {
      if (error !== token) throw error;
      budget.depth = depth;
    }
  };
  return many(
    (frame, input, emit) => leave(frame, (inner) => body.run(inner, input, emit)),
    (frame, path, value, emit) => leave(frame, (inner) => body.paths(inner, path, value, emit)),
  );
}

export function compileBreak(node: Node<'break'>, scope: Scope, context: Context): Filter {
  const distance = findSlot(scope, 'label', node.name);
  if (distance === null) throw new JqSyntaxError(`$*label-${node.name} is not defined`, context.source, node.at);
  return many((frame) => {
    throw ancestor(frame, distance).slot;
  });
}
