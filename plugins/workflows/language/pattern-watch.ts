// A clock for regular expressions that may backtrack without end, and which of them need it; and for checks of schemas.
import { createContext, Script } from 'node:vm';

/** The pattern, or what else was watched, took longer than it may. */
export class PatternTimeout extends Error {}

// About a second's tenth of backtracking.
const BEARABLE_STEPS = 1e8;
const SHORTEST = 12;

/** The shortest text on which the pattern is to be watched by a clock. */
export function watchFrom(source: string): number {
  const plain = source
    .replace(/\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|.)/gs, 'c')
    .replace(/\[[^[\]]*\]/g, 'c')
    .replace(/\(\?/g, '(');
  const groups = plain.split('(').length - 1;
  // Each of these can be tried in several ways; a group of alternatives is one of them.
  const choices = (plain.match(/[*+?]|\{\d+,\d*\}/g)?.length ?? 0) + Math.min(groups, plain.split('|').length - 1);
  if (choices === 0) return Number.POSITIVE_INFINITY;
  // One after the other they take polynomial time: the text's length to the power of their number, from each place.
  const polynomial = Math.floor(BEARABLE_STEPS ** (1 / (choices + 1)));
  // A repeated group that itself repeats or chooses may take exponential time.
  const isNested = /\)\{\d+\}/.test(plain) || (choices > 1 && /\)(?:[*+]|\{\d+,\d*\})/.test(plain));
  return isNested ? Math.min(SHORTEST, polynomial) : polynomial;
}

const sandbox = createContext(Object.create(null));
const execute = new Script('pattern.exec(text)');
const call = new Script('work()');

/** The vm module can stop a regular expression in the middle; nothing else in Node can. Throws PatternTimeout. */
export function execWithin(regex: RegExp, text: string, ms: number): RegExpExecArray | null {
  sandbox.pattern = regex;
  sandbox.text = text;
  try {
    return within(execute, ms);
  } finally {
    sandbox.text = '';
  }
}

/** Any work that awaits nothing, stopped in the middle when it takes longer. Throws PatternTimeout. */
export function runWithin<T>(work: () => T, ms: number): T {
  sandbox.work = work;
  try {
    return within(call, ms);
  } finally {
    sandbox.work = null;
  }
}

function within(script: Script, ms: number) {
  if (ms <= 0) throw new PatternTimeout();
  try {
    return script.runInContext(sandbox, { timeout: Math.ceil(ms) });
  } catch (error) {
    // The error belongs to the sandbox's realm, so it is known by its code alone.
    if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new PatternTimeout();
  }
}
