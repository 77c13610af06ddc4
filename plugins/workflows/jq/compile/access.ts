// `.a`, `.[k]`, `.[a:b]`, `.[]` and `..`, read as values and as paths.
import { cannotIterate, field, index, sliceValue } from '../access.ts';
import { tick } from '../limits.ts';
import type { Ast } from '../syntax.ts';
import { isObject, keysOf, type Value } from '../values.ts';
import {
  checkAccess,
  checkIterate,
  type Emit,
  either,
  type Filter,
  many,
  type Path,
  type PathEmit,
  scalar,
  step,
} from './filter.ts';
import type { Context, Scope } from './scope.ts';

type Node<T extends Ast['t']> = Extract<Ast, { t: T }>;

export function compileIndex(node: Node<'index'>, scope: Scope, context: Context): Filter {
  const target = context.compile(node.target, scope, context);
  if (node.key.t === 'literal' && typeof node.key.value === 'string') {
    return fieldOf(target, node.key.value, node.target.t === 'identity');
  }
  const key = context.compile(node.key, scope, context);
  const { one: targetOne } = target;
  const { one: keyOne } = key;
  return either(
    targetOne && keyOne && ((frame, input) => index(targetOne(frame, input), keyOne(frame, input))),
    (frame, input, emit) => key.run(frame, input, (k) => target.run(frame, input, (value) => emit(index(value, k)))),
    (frame, path, input, emit) =>
      key.run(frame, input, (k) =>
        target.paths(frame, path, input, (place, value) => {
          checkAccess(place, k, value);
          const found = index(value, k);
          emit(step(place, k, found), found);
        }),
      ),
  );
}

function fieldOf(target: Filter, name: string, direct: boolean): Filter {
  const { one } = target;
  const paths: Filter['paths'] = (frame, path, input, emit) =>
    target.paths(frame, path, input, (place, value) => {
      checkAccess(place, name, value);
      const found = field(value, name);
      emit(step(place, name, found), found);
    });
  if (direct) return scalar((_frame, input) => field(input, name), paths);
  return either(
    one && ((frame, input) => field(one(frame, input), name)),
    (frame, input, emit) => target.run(frame, input, (value) => emit(field(value, name))),
    paths,
  );
}

const nothing: Filter = scalar(() => null);

export function compileSlice(node: Node<'slice'>, scope: Scope, context: Context): Filter {
  const target = context.compile(node.target, scope, context);
  const from = node.from ? context.compile(node.from, scope, context) : nothing;
  const to = node.to ? context.compile(node.to, scope, context) : nothing;
  const { one: targetOne } = target;
  const { one: fromOne } = from;
  const { one: toOne } = to;
  return either(
    targetOne &&
      fromOne &&
      toOne &&
      ((frame, input) => sliceValue(targetOne(frame, input), fromOne(frame, input), toOne(frame, input))),
    (frame, input, emit) =>
      from.run(frame, input, (start) =>
        to.run(frame, input, (end) => target.run(frame, input, (value) => emit(sliceValue(value, start, end)))),
      ),
    (frame, path, input, emit) =>
      from.run(frame, input, (start) =>
        to.run(frame, input, (end) =>
          target.paths(frame, path, input, (place, value) => {
            const key = { start, end };
            checkAccess(place, key, value);
            const found = sliceValue(value, start, end);
            emit(step(place, key, found), found);
          }),
        ),
      ),
  );
}

export function compileIterate(node: Node<'iterate'>, scope: Scope, context: Context): Filter {
  const target = context.compile(node.target, scope, context);
  const { budget } = context;
  const each = (value: Value, emit: Emit): void => {
    if (Array.isArray(value)) {
      for (const item of value) {
        tick(budget);
        emit(item);
      }
      return;
    }
    if (!isObject(value)) throw cannotIterate(value);
    for (const key of keysOf(value)) {
      tick(budget);
      emit(value[key] ?? null);
    }
  };
  const { one } = target;
  return many(
    one
      ? (frame, input, emit) => each(one(frame, input), emit)
      : (frame, input, emit) => target.run(frame, input, (value) => each(value, emit)),
    (frame, path, input, emit) =>
      target.paths(frame, path, input, (place, value) => {
        checkIterate(place, value);
        eachPlace(context, place, value, emit);
      }),
  );
}

function eachPlace(context: Context, path: Path, value: Value, emit: PathEmit): void {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      tick(context.budget);
      const item = value[i] ?? null;
      emit(step(path, i, item), item);
    }
    return;
  }
  if (!isObject(value)) throw cannotIterate(value);
  for (const key of keysOf(value)) {
    tick(context.budget);
    const item = value[key] ?? null;
    emit(step(path, key, item), item);
  }
}

export function descend(context: Context): Filter {
  const { budget } = context;
  const walk = (value: Value, emit: Emit): void => {
    tick(budget);
    emit(value);
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) for (const item of value) walk(item, emit);
    else for (const key of keysOf(value)) walk(value[key] ?? null, emit);
  };
  const walkPaths = (path: Path, value: Value, emit: PathEmit): void => {
    tick(budget);
    emit(path, value);
    if (typeof value !== 'object' || value === null) return;
    checkIterate(path, value);
    eachPlace(context, path, value, (place, item) => walkPaths(place, item, emit));
  };
  return many(
    (_frame, input, emit) => walk(input, emit),
    (_frame, path, value, emit) => walkPaths(path, value, emit),
  );
}
