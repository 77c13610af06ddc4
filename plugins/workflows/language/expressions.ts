/** Runtime expressions: `${ … }` in strings. The language is jq. Short ones run here, long ones on a thread of their own. */
import { JqError, JqLimitError } from '../jq/index.ts';
import type { Program } from '../jq/program.ts';
import { compiled, inExpression, isLongerThan, SHORT } from './compiled-expressions.ts';
import { beginHere, endHere } from './expression-share.ts';
import { type LongReply, runLong } from './expression-thread.ts';
import { Fault, fault } from './faults.ts';

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
/** In a scope: whose expressions they are. All of one tenant share a part of the main thread. */
export const TENANT = Symbol('tenant');
/** In a scope: characters of JSON that a result may have. */
export const LARGEST = Symbol('largest');

/** Values of the arguments and of what loops and catches add. */
export type Scope = Record<string, unknown> & { [LOOSE]?: boolean; [TENANT]?: string; [LARGEST]?: number };

/** No configuration allows more (`maxDataBytes`). */
const LARGEST_JSON = 64 * 1024 * 1024;

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
  return found instanceof Long ? found.run() : found;
}

/** The same at once, for where nothing can be waited for: a long one is a fault. */
export function evaluateNow(text: string, input: unknown, scope: Scope): unknown {
  const source = expressionIn(text) ?? text;
  const found = limited(programOf(source, scope).program, source, input, scope);
  if (found instanceof JqLimitError) throw fault('expression', inExpression(found.message, source));
  return found;
}

/** Evaluates every `${ … }` in a value; plain strings stay as they are. */
export async function evaluateDeep(value: unknown, input: unknown, scope: Scope): Promise<unknown> {
  const later: Later[] = [];
  const whole: Record<string, unknown> = {};
  define(whole, 'value', deep(value, input, scope, later, whole, 'value'));
  // One after another: the first that fails is the end.
  for (const { long, into, key } of later) define(into, key, await long.run());
  return whole.value;
}

/** jq's truth: everything but false and null. */
export function isTrue(value: unknown): boolean {
  return value !== false && value !== null && value !== undefined;
}

/** Throws a fault; for validation when a workflow is published. */
export function checkExpression(text: string, variables: readonly string[]): void {
  compiled(expressionIn(text) ?? text, [...ARGUMENTS, ...variables]);
}

type Container = Record<string | number, unknown> | unknown[];

/** Where the result of a long expression goes. */
interface Later {
  long: Long;
  into: Container;
  key: string | number;
}

function deep(
  value: unknown,
  input: unknown,
  scope: Scope,
  later: Later[],
  into: Container,
  key: string | number,
): unknown {
  if (typeof value === 'string') {
    const source = value.charCodeAt(0) <= 0x24 ? expressionIn(value) : null;
    if (source === null && !scope[LOOSE]) return value;
    const found = source === null ? tried(value, input, scope) : here(source, input, scope);
    if (found instanceof Long) later.push({ long: found, into, key });
    return found;
  }
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const [place, item] of value.entries()) items.push(deep(item, input, scope, later, items, place));
    return items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    define(result, name, deep(item, input, scope, later, result, name));
  }
  return result;
}

/** What the text gives as an expression; the text itself when that fails. */
function tried(text: string, input: unknown, scope: Scope): unknown {
  try {
    const found = here(text, input, scope);
    return found instanceof Long ? new Long(text, input, scope, text) : found;
  } catch (error) {
    if (isExpressionFault(error)) return text;
    throw error;
  }
}

function isExpressionFault(error: unknown): boolean {
  return error instanceof Fault && error.error.type.endsWith('/expression');
}

/** The result; or what is to be run elsewhere, because it takes long or its tenant has had enough of this thread. */
function here(source: string, input: unknown, scope: Scope): unknown {
  const tenant = scope[TENANT] ?? '';
  const began = beginHere(tenant);
  if (began === null) return new Long(source, input, scope);
  const { program } = programOf(source, scope);
  try {
    const found = limited(program, source, input, scope);
    return found instanceof JqLimitError ? new Long(source, input, scope) : found;
  } finally {
    endHere(tenant, began, program.steps());
  }
}

/** The error instead of the result when it takes too many steps or too long. Throws a fault for any other error. */
function limited(program: Program, source: string, input: unknown, scope: Scope): unknown {
  try {
    return checked(program.first(input, scope, SHORT), source, scope);
  } catch (error) {
    if (error instanceof JqLimitError && (error.limit === 'steps' || error.limit === 'timeMs')) return error;
    if (error instanceof JqError) throw fault('expression', inExpression(error.message, source));
    throw error;
  }
}

/** An expression that is too long for the main thread. */
class Long {
  readonly #source: string;
  readonly #input: unknown;
  readonly #scope: Scope;
  readonly #otherwise: string | null;

  /** `otherwise` stands in for the result of what fails. */
  constructor(source: string, input: unknown, scope: Scope, otherwise: string | null = null) {
    this.#source = source;
    this.#input = input;
    this.#scope = scope;
    this.#otherwise = otherwise;
  }

  async run(): Promise<unknown> {
    try {
      return await elsewhere(this.#source, this.#input, this.#scope);
    } catch (error) {
      if (this.#otherwise !== null && isExpressionFault(error)) return this.#otherwise;
      throw error;
    }
  }
}

async function elsewhere(source: string, input: unknown, scope: Scope): Promise<unknown> {
  const { variables } = programOf(source, scope);
  const reply: LongReply = await runLong(scope[TENANT] ?? '', {
    source,
    names: Object.keys(scope),
    input,
    variables: Object.fromEntries(variables.map((name) => [name, scope[name]])),
    largest: scope[LARGEST] ?? LARGEST_JSON,
  });
  if ('failure' in reply) throw fault('expression', inExpression(reply.failure, source));
  if ('tooLarge' in reply) throw tooLarge(source, scope);
  return reply.output;
}

/** Throws a fault for a secret that is not there: by the specification ("Secret") it is an authorization error, not null. */
function programOf(source: string, scope: Scope) {
  const found = compiled(source, Object.keys(scope));
  const missing = found.secrets.find((name) => !Object.hasOwn((scope.secrets as object | undefined) ?? {}, name));
  if (missing !== undefined) throw fault('authorization', `There is no secret '${missing}'`);
  return found;
}

function checked(output: unknown, source: string, scope: Scope): unknown {
  if (isLongerThan(output, scope[LARGEST] ?? LARGEST_JSON)) throw tooLarge(source, scope);
  return output;
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
