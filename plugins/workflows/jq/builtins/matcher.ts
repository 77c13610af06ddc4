// Finding a pattern in a text, with jq's description of each match and a guard against endless backtracking.
import { Failure, JqLimitError } from '../errors.ts';
import { type Budget, charge, TEXT_PER_STEP, tick } from '../limits.ts';
import { type JsonObject, stringLength } from '../values.ts';
import { bad, translate } from './onig.ts';
import { execWithin, PatternTimeout, watchFrom } from './watch.ts';

const MAX_PATTERN = 4096;
const MAX_TEXT = 8 * 1024 * 1024;
const CACHE_SIZE = 200;

interface Pattern {
  regex: RegExp;
  global: boolean;
  skipEmpty: boolean;
  /** the shortest text on which the pattern is watched by a clock */
  watchFrom: number;
  names: (string | null)[];
}

export interface Match {
  /** place in UTF-16 units, for cutting */
  start: number;
  end: number;
  text: string;
  groups: { name: string | null; text: string | null; start: number }[];
}

const cache = new Map<string, Pattern>();

export function preparePattern(pattern: string, flags: string): Pattern {
  const key = `${flags}/${pattern}`;
  const known = cache.get(key);
  if (known) return known;
  const made = makePattern(pattern, flags);
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(key, made);
  return made;
}

function makePattern(pattern: string, flags: string): Pattern {
  if (/[^gimnpslx]/.test(flags)) throw new Failure(`${flags} is not a valid modifier string`);
  if (pattern.length > MAX_PATTERN) throw new Failure(`a pattern longer than ${MAX_PATTERN} characters`);
  const source = translate(pattern, flags.includes('x'));
  const options = `dgv${flags.includes('p') ? 's' : ''}${flags.includes('i') ? 'i' : ''}`;
  try {
    const regex = new RegExp(source, options);
    return {
      regex,
      global: flags.includes('g'),
      skipEmpty: flags.includes('n'),
      watchFrom: watchFrom(source),
      names: groupNames(source),
    };
  } catch {
    throw bad(pattern, 'it cannot be understood');
  }
}

/** The name of each group, in the order of their numbers. */
function groupNames(source: string): (string | null)[] {
  const names: (string | null)[] = [];
  let depth = 0;
  for (const [found, name] of source.matchAll(/\\.|[[\]]|\((?:\?<([A-Za-z_]\w*)>|(?!\?))/gs)) {
    if (found === '[') depth++;
    else if (found === ']') depth--;
    else if (depth === 0 && found.startsWith('(')) names.push(name ?? null);
  }
  return names;
}

function watched(regex: RegExp, text: string, budget: Budget): RegExpExecArray | null {
  try {
    return execWithin(regex, text, budget.deadline - performance.now());
  } catch (error) {
    if (!(error instanceof PatternTimeout)) throw error;
    throw new JqLimitError('timeMs', `a regular expression took more than ${budget.limits.timeMs} ms`);
  }
}

export function findMatches(input: string, pattern: Pattern, all: boolean, budget: Budget): Match[] {
  if (input.length > MAX_TEXT) throw new Failure(`a text longer than ${MAX_TEXT} characters cannot be matched`);
  const { regex, names } = pattern;
  const watch = input.length >= pattern.watchFrom;
  charge(budget, 1 + Math.ceil(input.length / TEXT_PER_STEP));
  const found: Match[] = [];
  regex.lastIndex = 0;
  while (regex.lastIndex <= input.length) {
    const match = watch ? watched(regex, input, budget) : regex.exec(input);
    if (!match) break;
    tick(budget);
    const [text = ''] = match;
    if (text === '') regex.lastIndex += (input.codePointAt(match.index) ?? 0) > 0xffff ? 2 : 1;
    if (text === '' && pattern.skipEmpty) continue;
    const groups = names.map((name, i) => {
      const part = match[i + 1];
      return {
        name,
        ...(part === undefined ? { text: null, start: -1 } : { text: part, start: match.indices?.[i + 1]?.[0] ?? -1 }),
      };
    });
    found.push({ start: match.index, end: match.index + text.length, text, groups });
    if (!all) break;
  }
  return found;
}

/** jq's objects for the matches; places are counted in code points. */
export function describeMatches(input: string, found: Match[]): JsonObject[] {
  let lastAt = 0;
  let lastPoints = 0;
  const points = (at: number): number => {
    if (at < lastAt) return lastPoints - stringLength(input.slice(at, lastAt));
    lastPoints += stringLength(input.slice(lastAt, at));
    lastAt = at;
    return lastPoints;
  };
  return found.map(({ start, text, groups }) => {
    const offset = points(start);
    const captures = groups.map((group): JsonObject => {
      const { name } = group;
      if (group.text === null) return { offset: -1, length: 0, string: null, name };
      return { offset: points(group.start), length: stringLength(group.text), string: group.text, name };
    });
    return { offset, length: stringLength(text), string: text, captures };
  });
}
