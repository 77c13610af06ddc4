// What an expression is compiled to: closures that pass each output on to a callback.
import { Failure } from '../errors.ts';
import { shortJson } from '../json.ts';
import { type Budget, tick, work } from '../limits.ts';
import type { Value } from '../values.ts';

/** Run-time names, innermost first. A slot holds a variable's value, a closure or a label. */
export interface Frame {
  readonly slot: unknown;
  readonly up: Frame;
}

/** A place inside the value a path expression started from; `at` is the value found there. */
export interface Path {
  readonly up: Path | null;
  readonly key: Value;
  readonly at: Value;
}

export type Emit = (value: Value) => void;
export type PathEmit = (path: Path, value: Value) => void;
export type One = (frame: Frame, input: Value) => Value;
export type Run = (frame: Frame, input: Value, emit: Emit) => void;
export type RunPaths = (frame: Frame, path: Path, value: Value, emit: PathEmit) => void;
export type Tail = (frame: Frame, input: Value, emit: Emit) => TailCall | null;

/** A call in last position: its caller's loop makes it, so the stack does not grow. */
export interface TailCall {
  body: Filter;
  frame: Frame;
  input: Value;
}

export interface Filter {
  /** present when the expression is known to give exactly one output */
  readonly one: One | null;
  readonly run: Run;
  /** the same expression read as a path expression */
  readonly paths: RunPaths;
  readonly tail: Tail | null;
}

export interface Closure {
  readonly filter: Filter;
  readonly frame: Frame;
}

function makeRoot(): Frame {
  const root: { slot: unknown; up: Frame | null } = { slot: null, up: null };
  root.up = root as Frame;
  return root as Frame;
}

/** The outermost frame is its own parent, so that walking up never meets null. */
export const ROOT = makeRoot();

export function bind(slot: unknown, up: Frame): Frame {
  return { slot, up };
}

export function ancestor(frame: Frame, distance: number): Frame {
  let found = frame;
  for (let i = 0; i < distance; i++) found = found.up;
  return found;
}

// An expression that is no path itself: its values keep the old path, which is checked once it is used.
function looseReading(run: Run): RunPaths {
  return (frame, path, value, emit) => run(frame, value, (output) => emit(path, output));
}

export function scalar(one: One, paths?: RunPaths): Filter {
  const run: Run = (frame, input, emit) => emit(one(frame, input));
  return { one, run, paths: paths ?? looseReading(run), tail: null };
}

export function many(run: Run, paths?: RunPaths, tail: Tail | null = null): Filter {
  return { one: null, run, paths: paths ?? looseReading(run), tail };
}

/** With `one` where it is known, else without. */
export function either(one: One | null, run: Run, paths?: RunPaths, tail: Tail | null = null): Filter {
  return one ? scalar(one, paths) : many(run, paths, tail);
}

/** Runs the calls a tail position leaves behind. */
export function finish(budget: Budget, call: TailCall | null, emit: Emit): void {
  let next = call;
  while (next !== null) {
    tick(budget);
    const { body, frame, input } = next;
    if (body.tail !== null) next = body.tail(frame, input, emit);
    else {
      body.run(frame, input, emit);
      next = null;
    }
  }
}

export function runTail(filter: Filter, frame: Frame, input: Value, emit: Emit): TailCall | null {
  if (filter.tail !== null) return filter.tail(frame, input, emit);
  filter.run(frame, input, emit);
  return null;
}

export function collect(filter: Filter, frame: Frame, input: Value): Value[] {
  if (filter.one !== null) return [filter.one(frame, input)];
  const found: Value[] = [];
  filter.run(frame, input, (value) => {
    found.push(value);
  });
  return found;
}

/** Thrown to leave a generator early; every use makes its own, so nobody else catches it. */
export interface Stop {
  value: Value | undefined;
}

/** The first output, or undefined. Nothing after it is evaluated. */
export function firstOutput(filter: Filter, frame: Frame, input: Value, budget: Budget): Value | undefined {
  if (filter.one !== null) return filter.one(frame, input);
  const stop: Stop = { value: undefined };
  const depth = budget.depth;
  try {
    filter.run(frame, input, (value) => {
      stop.value = value;
      throw stop;
    });
  } catch (error) {
    if (error !== stop) throw error;
    budget.depth = depth;
  }
  return stop.value;
}

export function step(path: Path, key: Value, at: Value): Path {
  return { up: path, key, at };
}

function startPath(value: Value): Path {
  return { up: null, key: null, at: value };
}

function pathKeys(path: Path): Value[] {
  const keys: Value[] = [];
  for (let place = path; place.up !== null; place = place.up) keys.push(place.key);
  work(keys.length);
  return keys.reverse();
}

function intact(path: Path, value: Value): boolean {
  return Object.is(path.at, value);
}

export function checkAccess(path: Path, key: Value, value: Value): void {
  if (intact(path, value)) return;
  const where = `attempt to access element ${shortJson(key)} of ${shortJson(value)}`;
  throw new Failure(`Invalid path expression near ${where}`);
}

export function checkIterate(path: Path, value: Value): void {
  if (intact(path, value)) return;
  throw new Failure(`Invalid path expression near attempt to iterate through ${shortJson(value)}`);
}

/** Calls back with the keys of every place the expression names. */
export function eachPath(
  filter: Filter,
  frame: Frame,
  input: Value,
  emit: (keys: Value[], value: Value) => void,
): void {
  filter.paths(frame, startPath(input), input, (path, value) => {
    if (!intact(path, value)) throw new Failure(`Invalid path expression with result ${shortJson(value)}`);
    emit(pathKeys(path), value);
  });
}
