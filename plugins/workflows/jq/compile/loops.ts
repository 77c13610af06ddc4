// `reduce` and `foreach`.
import { tick } from '../limits.ts';
import type { Ast } from '../syntax.ts';
import type { Value } from '../values.ts';
import { bind, either, type Filter, type Frame, many } from './filter.ts';
import { compileBinding } from './patterns.ts';
import type { Context, Scope } from './scope.ts';

type Node<T extends Ast['t']> = Extract<Ast, { t: T }>;

// The last output of the update is the new state; none at all makes it null.
function lastOf(update: Filter, frame: Frame, state: Value): Value {
  if (update.one) return update.one(frame, state);
  let last: Value = null;
  update.run(frame, state, (value) => {
    last = value;
  });
  return last;
}

export function compileReduce(node: Node<'reduce'>, scope: Scope, context: Context): Filter {
  const { budget } = context;
  const init = context.compile(node.init, scope, context);
  const bound = compileBinding(node.binding, scope, context, (inner) => context.compile(node.update, inner, context));
  const { source, plain } = bound;
  const fold = (frame: Frame, input: Value, start: Value): Value => {
    let state = start;
    source.run(frame, input, (value) => {
      tick(budget);
      if (plain) state = lastOf(plain, bind(value, frame), state);
      else
        bound.match(frame, value, (update, inner) => {
          state = lastOf(update, inner, state);
        });
    });
    return state;
  };
  const { one } = init;
  return either(one && ((frame, input) => fold(frame, input, one(frame, input))), (frame, input, emit) =>
    init.run(frame, input, (start) => emit(fold(frame, input, start))),
  );
}

interface Step {
  update: Filter;
  extract: Filter | null;
}

export function compileForeach(node: Node<'foreach'>, scope: Scope, context: Context): Filter {
  const { budget } = context;
  const init = context.compile(node.init, scope, context);
  const bound = compileBinding<Step>(node.binding, scope, context, (inner) => ({
    update: context.compile(node.update, inner, context),
    extract: node.extract && context.compile(node.extract, inner, context),
  }));
  const { source } = bound;
  return many(
    (frame, input, emit) =>
      init.run(frame, input, (start) => {
        let state = start;
        source.run(frame, input, (value) => {
          tick(budget);
          bound.guardedMatch<[Value]>(frame, value, emit, ({ update, extract }, inner, pass) => {
            const before = state;
            state = null;
            update.run(inner, before, (after) => {
              state = after;
              if (extract) extract.run(inner, after, pass);
              else pass(after);
            });
          });
        });
      }),
    (frame, path, input, emit) =>
      init.paths(frame, path, input, (startPath, start) => {
        let state = start;
        let place = startPath;
        source.run(frame, input, (value) => {
          tick(budget);
          bound.guardedMatch(frame, value, emit, ({ update, extract }, inner, pass) => {
            update.paths(inner, place, state, (afterPath, after) => {
              state = after;
              place = afterPath;
              if (extract) extract.paths(inner, afterPath, after, pass);
              else pass(afterPath, after);
            });
          });
        });
      }),
  );
}
