/** The regular expressions of schemas, with a clock: one that backtracks without end would keep the whole process busy. */
import { execWithin, PatternTimeout, runWithin, watchFrom } from './pattern-watch.ts';

/** For everything that one check has to match, as for an expression. */
const LONGEST_MS = 1_000;

/** A check is never interrupted by another, so the one deadline in force can be kept here. */
let deadline = 0;

/** Does `work` with its patterns; null when they took too long. */
export function withPatterns<T>(work: () => T): { result: T } | null {
  deadline = performance.now() + LONGEST_MS;
  try {
    return { result: work() };
  } catch (error) {
    if (error instanceof PatternTimeout) return null;
    throw error;
  }
}

/** The same for work that may take long for other reasons too. */
export function withClock<T>(work: () => T): { result: T } | null {
  return withPatterns(() => runWithin(work, LONGEST_MS));
}

/** What Ajv asks for with `code.regExp`: `code` would be the name of it in compiled code that is written to a file. */
export const patternEngine = Object.assign(
  (source: string, flags: string) => {
    const regex = new RegExp(source, flags);
    const from = watchFrom(source);
    return {
      test(text: string): boolean {
        if (text.length >= from) return execWithin(regex, text, deadline - performance.now()) !== null;
        if (from !== Number.POSITIVE_INFINITY && performance.now() > deadline) throw new PatternTimeout();
        return regex.test(text);
      },
      // Ajv tells patterns apart by it.
      toString: () => String(regex),
    };
  },
  { code: 'patternEngine' },
);
