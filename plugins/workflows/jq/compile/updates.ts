// Assignments: `=`, `|=`, `+=` and their kin.
import { deletePaths, getPath, type Owned, setPath } from '../access.ts';
import { operators } from '../arithmetic.ts';
import { tick } from '../limits.ts';
import type { Ast } from '../syntax.ts';
import { truthy, type Value } from '../values.ts';
import { eachPath, either, type Filter, type Frame, firstOutput, scalar } from './filter.ts';
import type { Context, Scope } from './scope.ts';

type Node<T extends Ast['t']> = Extract<Ast, { t: T }>;

export function compileAssign(node: Node<'assign'>, scope: Scope, context: Context): Filter {
  const left = context.compile(node.left, scope, context);
  const right = context.compile(node.right, scope, context);
  const { budget } = context;
  if (node.op === '|=') {
    return scalar((frame, input) =>
      modify(left, frame, input, context, (value) => firstOutput(right, frame, value, budget)),
    );
  }
  const change = changeFor(node.op, left, context);
  const { one } = right;
  return either(one && ((frame, input) => change(frame, input, one(frame, input))), (frame, input, emit) =>
    right.run(frame, input, (value) => emit(change(frame, input, value))),
  );
}

type Change = (frame: Frame, input: Value, value: Value) => Value;

function changeFor(op: string, left: Filter, context: Context): Change {
  if (op === '=') return (frame, input, value) => assign(left, frame, input, context, value);
  if (op === '//=') {
    return (frame, input, value) => modify(left, frame, input, context, (old) => (truthy(old) ? old : value));
  }
  const apply = operators[op.slice(0, -1)];
  if (!apply) throw new Error(`no operator ${op}`);
  return (frame, input, value) => modify(left, frame, input, context, (old) => apply(context.budget, old, value));
}

function assign(paths: Filter, frame: Frame, input: Value, context: Context, value: Value): Value {
  const owned: Owned = new Set();
  let result = input;
  eachPath(paths, frame, input, (keys) => {
    tick(context.budget);
    result = setPath(context.budget, result, keys, value, owned);
  });
  return result;
}

/** Replaces each named place by what `update` makes of it; places it gives nothing for are removed at the end. */
function modify(
  paths: Filter,
  frame: Frame,
  input: Value,
  context: Context,
  update: (value: Value) => Value | undefined,
): Value {
  const owned: Owned = new Set();
  const removed: Value[] = [];
  let result = input;
  eachPath(paths, frame, input, (keys) => {
    tick(context.budget);
    const old = getPath(result, keys);
    // What the update sees it may keep, so from here on it is no longer ours to change in place.
    // A slice is a copy, yet its elements are not.
    if (owned.has(old) || keys.some((key) => typeof key === 'object')) owned.clear();
    const value = update(old);
    if (value === undefined) removed.push(keys);
    else result = setPath(context.budget, result, keys, value, owned);
  });
  return removed.length > 0 ? deletePaths(context.budget, result, removed) : result;
}
