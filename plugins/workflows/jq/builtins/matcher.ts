// Finding a pattern in a text, with jq's description of each match.
import { Failure } from '../errors.ts';
import { type Budget, charge } from '../limits.ts';
import { type Code, compileTree } from '../regex/compile.ts';
import { type SearchOptions, search } from '../regex/match.ts';
import { parsePattern } from '../regex/parse.ts';
import { type JsonObject, stringLength } from '../values.ts';

const MAX_PATTERN = 4096;
const CACHE_SIZE = 200;

interface Pattern {
  code: Code;
  options: SearchOptions;
  global: boolean;
}

export interface Match {
  /** place in UTF-16 units, for cutting */
  start: number;
  end: number;
  text: string;
  groups: { name: string | null; text: string | null; start: number }[];
}

const cache = new Map<string, Pattern>();

export function preparePattern(pattern: string, flags: string, budget: Budget): Pattern {
  charge(budget, 1 + pattern.length);
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
  const tree = parsePattern(pattern, {
    ignoresCase: flags.includes('i'),
    isExtended: flags.includes('x'),
    takesAll: flags.includes('p'),
  });
  const options = { refusesEmpty: flags.includes('n'), wantsLongest: flags.includes('l') };
  return { code: compileTree(tree), options, global: flags.includes('g') };
}

export function findMatches(input: string, { code, options }: Pattern, all: boolean, budget: Budget): Match[] {
  const found: Match[] = [];
  for (let from = 0; from <= input.length; ) {
    charge(budget, 1 + code.names.length);
    const slots = search(code, input, from, options, budget);
    if (!slots) break;
    const [start = 0, end = 0] = slots;
    const groups = code.names.map((name, i) => {
      const [first = -1, last = -1] = slots.slice(2 * i + 2, 2 * i + 4);
      return last < 0 ? { name, text: null, start: -1 } : { name, text: input.slice(first, last), start: first };
    });
    found.push({ start, end, text: input.slice(start, end), groups });
    if (!all) break;
    from = end > start ? end : end + ((input.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
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
