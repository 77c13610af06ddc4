/** Expressions as programs: compiled once, kept, and run with limits. Used by the main thread, and by those for long ones. */
import type { Limits } from '../jq/limits.ts';
import { type Program, prepare, prepareSmall } from '../jq/program.ts';

/** What any expression may take. */
export const LIMITS: Limits = { steps: 1_000_000, depth: 1_000, outputs: 10_000, timeMs: 250, processorTime: true };
/** One that judges an event, of which there may be many. */
export const BRIEF: Limits = { ...LIMITS, steps: 20_000, timeMs: 50 };
/** What it may take on the main thread, where everybody waits for it: less than a millisecond. */
export const SHORT: Limits = {
  ...LIMITS,
  steps: 5_000,
  timeMs: 5,
  processorTime: false,
  numbersOnly: true,
  wholeTexts: true,
};

/** Expressions that are kept compiled, for all workflows together, and their characters: one may take 350 bytes compiled. */
const MAX_KEPT = 5_000;
const MAX_KEPT_LENGTH = 700_000;
/** The same in a thread for long ones, which has less memory. */
const MAX_KEPT_LONG = 500;
const MAX_KEPT_LONG_LENGTH = 50_000;
/** A syntax error quotes what it stumbles over, which may be a text of a megabyte. */
const LONGEST_REASON = 3_000;
/** A longer one is not even read on the main thread. */
const LONGEST_SMALL = 4_000;

export interface Known {
  /** Secrets that it names. */
  secrets: readonly string[];
  /** Variables that it names, and perhaps some that only stand in its texts. */
  variables: readonly string[];
  /** Null for one that is not small by its text: the main thread does not run it. Undefined before it was asked. */
  program: Program | null | undefined;
}

const known = createKept<Known>(MAX_KEPT, MAX_KEPT_LENGTH);
const programs = createKept<Program>(MAX_KEPT_LONG, MAX_KEPT_LONG_LENGTH);

/** What the main thread knows of an expression without reading it as one. */
export function knownOf(source: string, names: readonly string[]): Known {
  return known(source, names, () => ({
    secrets: [...new Set(secretsIn(source))],
    variables: variablesIn(source, names),
    program: undefined,
  }));
}

function variablesIn(source: string, names: readonly string[]): readonly string[] {
  // Each match takes longer than to look for all names.
  if (source.length > LONGEST_SMALL) return names.filter((name) => source.includes(name));
  const variables = new Set([...source.matchAll(/\$\s*([A-Za-z_]\w*)/g)].map(([, name = '']) => name));
  return names.filter((name) => variables.has(name));
}

/** The program, if it is small; null for what the main thread does not run. Throws JqSyntaxError. */
export function smallProgram(known: Known, source: string, names: readonly string[]): Program | null {
  if (known.program === undefined)
    known.program =
      source.length <= LONGEST_SMALL ? prepareSmall(source, { variables: [...names], limits: SHORT }) : null;
  return known.program;
}

/** For where nobody waits for it. Throws JqSyntaxError. */
export function compiled(source: string, names: readonly string[]): Program {
  return programs(source, names, () => prepare(source, { variables: [...names], limits: LIMITS }));
}

/** Keeps the newest, by their number and by their length. */
function createKept<T>(most: number, longest: number) {
  const kept = new Map<string, T>();
  let length = 0;
  return (source: string, names: readonly string[], make: () => T): T => {
    const key = `${listOf(names)}\n${source}`;
    const found = kept.get(key);
    if (found) return found;
    const made = make();
    kept.set(key, made);
    length += key.length;
    for (const oldest of kept.keys()) {
      if (kept.size <= most && length <= longest) break;
      kept.delete(oldest);
      length -= oldest.length;
    }
    return made;
  };
}

let latestNames: readonly string[] = [];
let latestList = '';

/** The names as one text. One scope after another has the same: the text is made when they change. */
function listOf(names: readonly string[]): string {
  const isSame = names.length === latestNames.length && names.every((name, place) => name === latestNames[place]);
  if (!isSame) [latestNames, latestList] = [names, names.join(' ')];
  return latestList;
}

export function inExpression(message: string, source: string): string {
  return `${message.slice(0, LONGEST_REASON)} (in: ${source.slice(0, 200)})`;
}

const SECRET = /\$secrets\s*(?:\.\s*(?:([A-Za-z_]\w*)|"([^"\\]+)"|\[\s*"([^"\\]+)"\s*\])|\[\s*"([^"\\]+)"\s*\])/g;

/** Names of the secrets that an expression reads: `$secrets.name` and `$secrets["name"]`. */
export function secretsIn(source: string): string[] {
  if (!source.includes('$secrets')) return [];
  return [...source.matchAll(SECRET)].map(([, ...names]) => names.find((name) => name !== undefined) ?? '');
}

/**
 * About as many characters of JSON as it has; it is not looked through further than `largest`. A value that holds the same part
 * in many places is small in memory and endless once it is written out.
 */
export function sizeOf(value: unknown, largest: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  const open: object[] = [];
  let size = 0;
  const count = (item: unknown): void => {
    size += typeof item === 'string' ? item.length + 2 : 2;
    if (typeof item === 'object' && item !== null) open.push(item);
  };
  count(value);
  for (let next = open.pop(); next && size <= largest; next = open.pop()) {
    if (Array.isArray(next)) {
      for (const item of next) {
        count(item);
        if (size > largest) break;
      }
      continue;
    }
    const inside = next as Record<string, unknown>;
    for (const key of Object.keys(inside)) {
      size += key.length + 3;
      count(inside[key]);
      if (size > largest) break;
    }
  }
  return size;
}
