// Array and object construction.
import { Failure } from '../errors.ts';
import { describeValue } from '../json.ts';
import { charge, checkArray, tick, workText } from '../limits.ts';
import type { Ast } from '../syntax.ts';
import { copyOf, type JsonObject, setKey, type Value } from '../values.ts';
import { type Emit, type Filter, type Frame, many, scalar } from './filter.ts';
import type { Context, Scope } from './scope.ts';

type Node<T extends Ast['t']> = Extract<Ast, { t: T }>;

export function compileArray(node: Node<'array'>, scope: Scope, context: Context): Filter {
  if (node.body === null) return scalar(() => []);
  return collected(context.compile(node.body, scope, context), context);
}

function collected(body: Filter, context: Context): Filter {
  const { budget } = context;
  const { one } = body;
  if (one) return scalar((frame, input) => [one(frame, input)]);
  return scalar((frame, input) => {
    const found: Value[] = [];
    body.run(frame, input, (value) => {
      tick(budget);
      found.push(value);
      if ((found.length & 0xffff) === 0) checkArray(found.length);
    });
    return found;
  });
}

interface Entry {
  /** the key where it is fixed */
  name: string | null;
  key: Filter;
  value: Filter;
}

function keyText(key: Value): string {
  if (typeof key === 'string') {
    workText(key.length);
    return key;
  }
  throw new Failure(`Object keys must be strings, not ${describeValue(key)}`);
}

export function compileObject(node: Node<'object'>, scope: Scope, context: Context): Filter {
  const entries: Entry[] = node.entries.map(({ key, value }) => ({
    name: key.t === 'literal' && typeof key.value === 'string' ? key.value : null,
    key: context.compile(key, scope, context),
    value: context.compile(value, scope, context),
  }));
  const { budget } = context;
  const simple = entries.flatMap(({ key, name, value }) =>
    key.one && value.one ? [{ name, key: key.one, value: value.one }] : [],
  );
  if (simple.length === entries.length) {
    return scalar((frame, input) => {
      const made: JsonObject = {};
      charge(budget, simple.length);
      for (const { name, key, value } of simple) setKey(made, name ?? keyText(key(frame, input)), value(frame, input));
      return made;
    });
  }
  return many((frame, input, emit) => fill(entries, 0, {}, frame, input, emit));
}

// Each entry loops inside the one before it; a copy is made per choice, so outputs share nothing.
function fill(entries: Entry[], position: number, made: JsonObject, frame: Frame, input: Value, emit: Emit): void {
  const entry = entries[position];
  if (!entry) {
    emit(made);
    return;
  }
  entry.key.run(frame, input, (key) => {
    const name = keyText(key);
    entry.value.run(frame, input, (value) => {
      const copy = copyOf(made);
      setKey(copy, name, value);
      fill(entries, position + 1, copy, frame, input, emit);
    });
  });
}
