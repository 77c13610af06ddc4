/** Runtime expressions: `${ … }` in strings. The language is jq. Small ones run here, all others in threads of their own. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { JqError, JqLimitError, JqSyntaxError } from '../jq/index.ts';
import { compiled, inExpression, type Known, knownOf, SHORT, sizeOf, smallProgram } from './compiled-expressions.ts';
import { beginHere, endHere } from './expression-share.ts';
import { Fault, fault } from './faults.ts';
import { type LongReply, runLong } from './strangers.ts';

/** Variables that every expression may use (specification, "Runtime expression arguments"). */
export const ARGUMENTS = [
  'context',
  'input',
  'output',
  'secrets',
  'authorization',
  'task',
  'workflow',
  'runtime',
] as const;

/** In a scope: texts without `${ }` are tried as expressions too (specification, "Evaluate", mode `loose`). */
export const LOOSE = Symbol('loose');
/** In a scope: whose expressions they are. All of one tenant share a part of the main thread, and one place elsewhere. */
export const TENANT = Symbol('tenant');
/** In a scope: characters of JSON that a result may have. */
export const LARGEST = Symbol('largest');
/** In a scope: many are waited for one after another, so each may take little. */
export const BRIEFLY = Symbol('briefly');

/** Values of the arguments and of what loops and catches add. */
export type Scope = Record<string, unknown> & {
  [LOOSE]?: boolean;
  [TENANT]?: string;
  [LARGEST]?: number;
  [BRIEFLY]?: boolean;
};

/** Where a scope does not say. */
const LARGEST_JSON = 1024 * 1024;
/** All results in one value together may have so many times as much as one. */
const TOGETHER = 4;
/** Expressions that are handed over at once. */
const MOST_AT_ONCE = 200;
/** Of the expressions of one value, before others have their turn: looked at after so many. */
const IN_ONE_TURN_MS = 5;
const LOOK_AFTER = 50;

const WHOLE = /^\s*\$\{([\s\S]*)\}\s*$/;

/** The expression inside `${ … }`; null for a plain string. */
export function expressionIn(text: string): string | null {
  return WHOLE.exec(text)?.[1]?.trim() ?? null;
}

/** `correlate.expect`: an expression is in `${ }`, or begins as one with `.` or `$`; anything else is a constant. */
export function isExpectExpression(expect: string): boolean {
  return expressionIn(expect) !== null || /^\s*[.$]/.test(expect);
}

/** Evaluates a string that is an expression with or without `${ … }`: `if`, `when`, `in`, `from`, `as`. */
export async function evaluateExpression(text: string, input: unknown, scope: Scope): Promise<unknown> {
  const source = expressionIn(text) ?? text;
  const found = here(source, input, scope);
  if (!(found instanceof Long)) return found.output;
  const lot = createLot(input, scope);
  let output: unknown;
  lot.add(found, (result) => {
    output = result;
  });
  await lot.run();
  return output;
}

/** Evaluates every `${ … }` in a value; plain strings stay as they are. */
export async function evaluateDeep(value: unknown, input: unknown, scope: Scope): Promise<unknown> {
  return evaluateAtOnce(value, input, scope);
}

/** The same without a promise where nothing runs elsewhere: most expressions are small, and executions have many. Throws. */
export function evaluateAtOnce(value: unknown, input: unknown, scope: Scope): unknown {
  const lot = createLot(input, scope);
  const whole: Record<string, unknown> = {};
  const places: Place[] = [];
  define(whole, 'value', copied(value, scope, places, whole, 'value'));
  const evaluating = places.length < LOOK_AFTER ? evaluateFew(places, lot) : evaluateAll(places, lot);
  return evaluating ? evaluating.then(() => whole.value) : whole.value;
}

function evaluateFew(places: readonly Place[], lot: Lot): Promise<void> | null {
  for (const place of places) evaluateAt(place, lot);
  return lot.isEmpty() ? null : lot.run();
}

/** jq's truth: everything but false and null. */
export function isTrue(value: unknown): boolean {
  return value !== false && value !== null && value !== undefined;
}

/** Throws a fault; for validation when a workflow is published. */
export function checkExpression(text: string, variables: readonly string[]): void {
  const source = expressionIn(text) ?? text;
  readable(source, () => compiled(source, [...ARGUMENTS, ...variables]));
}

type Container = Record<string | number, unknown> | unknown[];

/** The expressions of one value, whose results are bounded together; those that run elsewhere go there together. */
interface Lot {
  input: unknown;
  scope: Scope;
  /** Counts a result that was made here. Throws when all together are too large. */
  count(size: number, source: string): void;
  add(long: Long, use: (output: unknown) => void): void;
  /** Whether none runs elsewhere. */
  isEmpty(): boolean;
  /** Runs what was added, in its order: the first that fails is the end. */
  run(): Promise<void>;
}

function createLot(input: unknown, scope: Scope): Lot {
  const largest = scope[LARGEST] ?? LARGEST_JSON;
  const waiting: { long: Long; use: (output: unknown) => void }[] = [];
  let left = TOGETHER * largest;
  return {
    input,
    scope,
    count(size, source) {
      left -= size;
      if (left < 0) throw tooLarge(source, scope);
    },
    add: (long, use) => void waiting.push({ long, use }),
    isEmpty: () => waiting.length === 0,
    async run() {
      for (let next = 0; next < waiting.length; ) {
        const replies = await elsewhere(waiting.slice(next, next + MOST_AT_ONCE), input, scope);
        for (const reply of replies) {
          const { long, use } = waiting[next++] ?? {};
          if (!long || !use) return;
          if ('output' in reply) this.count(reply.size, long.source);
          use(resultOf(reply, long, scope));
        }
      }
    },
  };
}

/** Where the result of an expression belongs. */
interface Place {
  text: string;
  /** Null for a text without `${ }` that is tried all the same. */
  source: string | null;
  into: Container;
  key: string | number;
}

/** The value with null where an expression stands, which is noted. */
function copied(value: unknown, scope: Scope, places: Place[], into: Container, key: string | number): unknown {
  if (typeof value === 'string') {
    const source = value.charCodeAt(0) <= 0x24 ? expressionIn(value) : null;
    if (source === null && !scope[LOOSE]) return value;
    places.push({ text: value, source, into, key });
    return null;
  }
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const [place, item] of value.entries()) items.push(copied(item, scope, places, items, place));
    return items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) define(result, name, copied(item, scope, places, result, name));
  return result;
}

/** A value may have a hundred thousand expressions, each of them small: others have their turn between them. */
async function evaluateAll(places: readonly Place[], lot: Lot): Promise<void> {
  let began = 0;
  for (const [count, place] of places.entries()) {
    evaluateAt(place, lot);
    if (count % LOOK_AFTER !== LOOK_AFTER - 1) continue;
    const now = performance.now();
    if (began === 0) began = now;
    if (now - began < IN_ONE_TURN_MS) continue;
    await nextTurn();
    began = performance.now();
  }
  await lot.run();
}

function evaluateAt({ text, source, into, key }: Place, lot: Lot): void {
  const found = source === null ? tried(text, lot) : here(source, lot.input, lot.scope);
  if (found instanceof Long) {
    lot.add(found, (output) => define(into, key, output));
    return;
  }
  lot.count(found.size, text);
  define(into, key, found.output);
}

/** What the text gives as an expression; the text itself when that fails. */
function tried(text: string, { input, scope }: Lot): Made | Long {
  try {
    const found = here(text, input, scope);
    return found instanceof Long ? new Long(text, text) : found;
  } catch (error) {
    if (isExpressionFault(error)) return { output: text, size: 0 };
    throw error;
  }
}

function isExpressionFault(error: unknown): boolean {
  return error instanceof Fault && error.error.type.endsWith('/expression');
}

/** A result and its characters of JSON. */
interface Made {
  output: unknown;
  size: number;
}

/** An expression that is not for the main thread. */
class Long {
  readonly source: string;
  readonly otherwise: string | null;

  /** `otherwise` stands in for the result of what fails. */
  constructor(source: string, otherwise: string | null = null) {
    this.source = source;
    this.otherwise = otherwise;
  }
}

/** The result; or what is to be run elsewhere: it is not small, or is so for a large input, or its tenant has had enough of this thread. */
function here(source: string, input: unknown, scope: Scope): Made | Long {
  const tenant = scope[TENANT] ?? '';
  const began = beginHere(tenant);
  if (began === null) return new Long(source);
  const largest = scope[LARGEST] ?? LARGEST_JSON;
  try {
    const names = Object.keys(scope);
    const known = checkedFor(source, names, scope);
    const program = readable(source, () => smallProgram(known, source, names));
    if (!program) return new Long(source);
    const output = program.first(input, scope, SHORT);
    const size = sizeOf(output, largest);
    if (size > largest) throw tooLarge(source, scope);
    return { output, size };
  } catch (error) {
    if (error instanceof JqLimitError && (error.limit === 'steps' || error.limit === 'timeMs')) return new Long(source);
    if (error instanceof JqError) throw fault('expression', inExpression(error.message, source));
    throw error;
  } finally {
    endHere(tenant, began);
  }
}

/** Of the first of them, at least of one. */
function elsewhere(lot: readonly { long: Long }[], input: unknown, scope: Scope): Promise<LongReply[]> {
  const sources = lot.map(({ long }) => long.source);
  const names = Object.keys(scope);
  const named = new Set(sources.flatMap((source) => checkedFor(source, names, scope).variables));
  return runLong(scope[TENANT] ?? '', {
    sources,
    names,
    input,
    variables: Object.fromEntries([...named].map((name) => [name, scope[name]])),
    largest: scope[LARGEST] ?? LARGEST_JSON,
    isBrief: scope[BRIEFLY] ?? false,
    goesOn: scope[LOOSE] ?? false,
  });
}

function resultOf(reply: LongReply, { source, otherwise }: Long, scope: Scope): unknown {
  if ('output' in reply) return reply.output;
  if (otherwise !== null) return otherwise;
  if ('tooLarge' in reply) throw tooLarge(source, scope);
  throw fault('expression', inExpression(reply.failure, source));
}

/** Throws a fault for a secret that is not there: by the specification ("Secret") it is an authorization error, not null. */
function checkedFor(source: string, names: readonly string[], scope: Scope): Known {
  const found = knownOf(source, names);
  if (found.secrets.length === 0) return found;
  const missing = found.secrets.find((name) => !Object.hasOwn((scope.secrets as object | undefined) ?? {}, name));
  if (missing !== undefined) throw fault('authorization', `There is no secret '${missing}'`);
  return found;
}

function readable<T>(source: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof JqSyntaxError) throw fault('expression', inExpression(error.message, source));
    throw error;
  }
}

function tooLarge(source: string, scope: Scope): Fault {
  const largest = scope[LARGEST] ?? LARGEST_JSON;
  return fault('expression', inExpression(`The result is larger than ${largest} bytes, which is the limit`, source));
}

/** `__proto__` is a key like any other. */
function define(target: Container, key: string | number, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  else (target as Record<string | number, unknown>)[key] = value;
}
