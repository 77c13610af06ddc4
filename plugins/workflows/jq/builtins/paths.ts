// Paths as values: path, paths, getpath, setpath, delpaths, del, pick.
import { deletePaths, getPath, setPath } from '../access.ts';
import { checkAccess, eachPath, either, type Filter, many, scalar, step } from '../compile/filter.ts';
import type { Context } from '../compile/scope.ts';
import { Failure } from '../errors.ts';
import { type Budget, charge, tick } from '../limits.ts';
import { isObject, keysOf, type Value } from '../values.ts';
import { arg, from1, fromMany, need, type Table } from './define.ts';

function wantPath(path: Value): Value[] {
  if (!Array.isArray(path)) throw new Failure('Path must be specified as an array');
  return path;
}

function getpath([p]: Filter[]): Filter {
  const keys = need(p);
  const { one } = keys;
  return either(
    one && ((frame, input) => getPath(input, wantPath(one(frame, input)))),
    (frame, input, emit) => keys.run(frame, input, (path) => emit(getPath(input, wantPath(path)))),
    (frame, path, input, emit) =>
      keys.run(frame, input, (list) => {
        checkAccess(path, list, input);
        let place = path;
        let value = input;
        for (const key of wantPath(list)) {
          value = getPath(value, [key]);
          place = step(place, key, value);
        }
        emit(place, value);
      }),
  );
}

function path([f]: Filter[], { budget }: Context): Filter {
  const body = need(f);
  return many((frame, input, emit) =>
    eachPath(body, frame, input, (keys) => {
      tick(budget);
      emit(keys);
    }),
  );
}

function allPaths(input: Value, budget: Budget, emit: (keys: Value[]) => void): void {
  const go = (value: Value, keys: Value[]): void => {
    charge(budget, 1 + keys.length);
    if (keys.length > 0) emit(keys);
    if (Array.isArray(value)) value.forEach((item, i) => void go(item, [...keys, i]));
    else if (isObject(value)) for (const key of keysOf(value)) go(value[key] ?? null, [...keys, key]);
  };
  go(input, []);
}

function del([f]: Filter[], { budget }: Context): Filter {
  const body = need(f);
  return scalar((frame, input) => {
    const found: Value[] = [];
    eachPath(body, frame, input, (keys) => {
      tick(budget);
      found.push(keys);
    });
    return deletePaths(budget, input, found);
  });
}

function pick([f]: Filter[], { budget }: Context): Filter {
  const body = need(f);
  return scalar((frame, input) => {
    const owned = new Set<Value>();
    let made: Value = null;
    eachPath(body, frame, input, (keys) => {
      tick(budget);
      made = setPath(budget, made, keys, getPath(input, keys), owned);
    });
    return made;
  });
}

export const paths: Table = {
  'getpath/1': getpath,
  'setpath/2': fromMany((input, args, budget) =>
    setPath(budget, input, wantPath(arg(args, 0)), arg(args, 1), new Set()),
  ),
  'delpaths/1': from1((input, list, budget) => deletePaths(budget, input, list)),
  'path/1': path,
  'paths/0': (_args, { budget }) => many((_frame, input, emit) => allPaths(input, budget, emit)),
  'del/1': del,
  'pick/1': pick,
};
