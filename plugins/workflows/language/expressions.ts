/** Runtime expressions: `${ … }` in strings, compiled once and kept. The language is jq. */
import { compileJq, JqError, type JqProgram, JqSyntaxError } from '../jq/index.ts';
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

/** Values of the arguments and of what loops and catches add. */
export type Scope = Record<string, unknown> & { [LOOSE]?: boolean };

const LIMITS = { steps: 1_000_000, depth: 1_000, outputs: 10_000, timeMs: 250 };
/** Characters of JSON at the least: no configuration allows more (`maxDataBytes`). */
const LARGEST_JSON = 64 * 1024 * 1024;
/** Expressions that are kept compiled, for all workflows together. */
const MAX_KEPT = 5_000;

interface Compiled {
  program: JqProgram;
  /** Secrets that it names. */
  secrets: readonly string[];
}
const kept = new Map<string, Compiled>();

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
export function evaluateExpression(text: string, input: unknown, scope: Scope): unknown {
  return run(expressionIn(text) ?? text, input, scope);
}

/** Evaluates every `${ … }` in a value; plain strings stay as they are. */
export function evaluateDeep(value: unknown, input: unknown, scope: Scope): unknown {
  if (typeof value === 'string') {
    const source = value.charCodeAt(0) <= 0x24 ? expressionIn(value) : null;
    if (source !== null) return run(source, input, scope);
    return scope[LOOSE] ? tried(value, input, scope) : value;
  }
  if (Array.isArray(value)) return value.map((item) => evaluateDeep(item, input, scope));
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) define(result, key, evaluateDeep(item, input, scope));
  return result;
}

/** jq's truth: everything but false and null. */
export function isTrue(value: unknown): boolean {
  return value !== false && value !== null && value !== undefined;
}

/** Throws JqSyntaxError; for validation when a workflow is published. */
export function checkExpression(text: string, variables: readonly string[]): void {
  compiled(expressionIn(text) ?? text, [...ARGUMENTS, ...variables]);
}

/** What the text gives as an expression; the text itself when that fails. */
function tried(text: string, input: unknown, scope: Scope): unknown {
  try {
    return run(text, input, scope);
  } catch (error) {
    if (error instanceof Fault && error.error.type.endsWith('/expression')) return text;
    throw error;
  }
}

function run(source: string, input: unknown, scope: Scope): unknown {
  const { program, secrets } = compiled(source, Object.keys(scope));
  // Specification, "Secret": one that is not there is an authorization error, not null.
  const missing = secrets.find((name) => !Object.hasOwn((scope.secrets as object | undefined) ?? {}, name));
  if (missing !== undefined) throw fault('authorization', `There is no secret '${missing}'`);
  try {
    const output = program(input, scope)[0] ?? null;
    if (isEndless(output)) throw fault('expression', `The result is too large (in: ${source.slice(0, 200)})`);
    return output;
  } catch (error) {
    if (error instanceof JqError || error instanceof JqSyntaxError) {
      throw fault('expression', `${error.message} (in: ${source.slice(0, 200)})`);
    }
    throw error;
  }
}

/** A value that holds the same part in many places is small in memory and endless once it is written out. */
function isEndless(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const open: unknown[] = [value];
  let size = 0;
  while (open.length > 0) {
    const next = open.pop();
    size += typeof next === 'string' ? next.length + 2 : 2;
    if (size > LARGEST_JSON) return true;
    if (Array.isArray(next)) for (const item of next) open.push(item);
    else if (typeof next === 'object' && next !== null) for (const item of Object.values(next)) open.push(item);
  }
  return false;
}

function compiled(source: string, names: readonly string[]): Compiled {
  const key = `${names.join(' ')}\n${source}`;
  const found = kept.get(key);
  if (found) return found;
  let made: Compiled;
  try {
    made = { program: compileJq(source, { variables: [...names], limits: LIMITS }), secrets: secretsIn(source) };
  } catch (error) {
    if (error instanceof JqSyntaxError) throw fault('expression', `${error.message} (in: ${source.slice(0, 200)})`);
    throw error;
  }
  if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value ?? '');
  kept.set(key, made);
  return made;
}

const SECRET = /\$secrets\s*(?:\.\s*([A-Za-z_]\w*)|\.?\s*\[\s*"([^"\\]+)"\s*\]|\.\s*"([^"\\]+)")/g;

/** Names of the secrets that an expression reads: `$secrets.name` and `$secrets["name"]`. */
export function secretsIn(source: string): string[] {
  return [...source.matchAll(SECRET)].map(([, plain, bracketed, quoted]) => plain ?? bracketed ?? quoted ?? '');
}

/** `__proto__` is a key like any other. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  else target[key] = value;
}
