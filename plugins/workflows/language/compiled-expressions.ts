/** Expressions as programs: compiled once, kept, and run with limits. Used by the main thread and by the one for long ones. */
import { JqSyntaxError } from '../jq/index.ts';
import type { Limits } from '../jq/limits.ts';
import { type Program, prepare } from '../jq/program.ts';
import { fault } from './faults.ts';

/** What any expression may take. */
export const LIMITS: Limits = { steps: 1_000_000, depth: 1_000, outputs: 10_000, timeMs: 250 };
/** What it may take on the main thread, where everybody waits for it: some two milliseconds. */
export const SHORT: Limits = { ...LIMITS, steps: 20_000, timeMs: 5 };

/** Expressions that are kept compiled, for all workflows together, and their characters: one may take 350 bytes compiled. */
const MAX_KEPT = 5_000;
const MAX_KEPT_LENGTH = 700_000;

export interface Compiled {
  program: Program;
  /** Secrets that it names. */
  secrets: readonly string[];
  /** Variables that it names, and perhaps some that only stand in its texts. */
  variables: readonly string[];
}

const kept = new Map<string, Compiled>();
let keptLength = 0;

/** Throws a fault for what is no expression. */
export function compiled(source: string, names: readonly string[]): Compiled {
  const key = `${names.join(' ')}\n${source}`;
  const found = kept.get(key);
  if (found) return found;
  let made: Compiled;
  try {
    const variables = [...new Set([...source.matchAll(/\$\s*([A-Za-z_]\w*)/g)].map(([, name = '']) => name))];
    made = {
      program: prepare(source, { variables: [...names], limits: LIMITS }),
      secrets: secretsIn(source),
      variables: variables.filter((name) => names.includes(name)),
    };
  } catch (error) {
    if (error instanceof JqSyntaxError) throw fault('expression', inExpression(error.message, source));
    throw error;
  }
  kept.set(key, made);
  keptLength += key.length;
  for (const oldest of kept.keys()) {
    if (kept.size <= MAX_KEPT && keptLength <= MAX_KEPT_LENGTH) break;
    kept.delete(oldest);
    keptLength -= oldest.length;
  }
  return made;
}

export function inExpression(message: string, source: string): string {
  return `${message} (in: ${source.slice(0, 200)})`;
}

const SECRET = /\$secrets\s*(?:\.\s*([A-Za-z_]\w*)|\.?\s*\[\s*"([^"\\]+)"\s*\]|\.\s*"([^"\\]+)")/g;

/** Names of the secrets that an expression reads: `$secrets.name` and `$secrets["name"]`. */
export function secretsIn(source: string): string[] {
  return [...source.matchAll(SECRET)].map(([, plain, bracketed, quoted]) => plain ?? bracketed ?? quoted ?? '');
}

/**
 * Is it longer than so many characters of JSON? A value that holds the same part in many places is small in memory and
 * endless once it is written out.
 */
export function isLongerThan(value: unknown, largest: number): boolean {
  if (typeof value === 'string') return value.length > largest;
  if (typeof value !== 'object' || value === null) return false;
  const open: unknown[] = [value];
  let size = 0;
  while (open.length > 0) {
    const next = open.pop();
    size += typeof next === 'string' ? next.length + 2 : 2;
    if (size > largest) return true;
    if (Array.isArray(next)) for (const item of next) open.push(item);
    else if (typeof next === 'object' && next !== null) for (const item of Object.values(next)) open.push(item);
  }
  return false;
}
