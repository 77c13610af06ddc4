// Carries out the instructions of a regular expression. It may try many ways, each step of which is charged.
import { JqLimitError } from '../errors.ts';
import { type Budget, charge, workText } from '../limits.ts';
import { WORD } from './characters.ts';
import { type Code, KEPT } from './compile.ts';
import type { CharSet, Place } from './tree.ts';

export interface SearchOptions {
  /** a match of nothing is none */
  refusesEmpty: boolean;
  /** of all matches the longest, not the first */
  wantsLongest: boolean;
}

/** An instruction, or as many characters as are taken in a row, takes half a step of jq. */
const PER_STEP = 2;
const CHARGED_AT_ONCE = 64 * PER_STEP;
/** Ways that are left to be tried; each has four numbers. */
const MOST_WAYS = 4 * 2_000_000;

/** What stands on the stack: a way to be tried, a slot's earlier value, or what a span may still give back or take. */
const WAY = 0;
const UNDO = 1;
const SHRINK = 2;
const GROW = 3;

/** The slots of the first match from `from` on, or null: 0 and 1 are the whole, 2 and 3 the first group, and so on. */
export function search(
  code: Code,
  text: string,
  from: number,
  options: SearchOptions,
  budget: Budget,
): number[] | null {
  let longest: number[] | null = null;
  for (let start = from; start <= text.length; start = next(text, start)) {
    start = candidate(code, text, start);
    if (start < 0) break;
    const found = matchAt(code, text, start, from, options, budget);
    if (found && !options.wantsLongest) return found;
    if (found && (longest === null || lengthOf(found) > lengthOf(longest))) longest = found;
    if (code.isAnchored) break;
  }
  return longest;
}

function lengthOf([start = 0, end = 0]: number[]): number {
  return end - start;
}

/** The next place where a match may begin; -1 when there is none. */
function candidate({ first, firstChar, isAnchored }: Code, text: string, from: number): number {
  if (isAnchored) return from === 0 ? 0 : -1;
  if (firstChar !== null) {
    const found = text.indexOf(firstChar, from);
    workText((found < 0 ? text.length : found) - from);
    return found;
  }
  if (first === null) return from;
  let at = from;
  for (; at < text.length; at = next(text, at)) {
    if ((at - from) % 16 === 15) workText(64);
    if (first.has(codeAt(text, at))) return at;
  }
  return -1;
}

function codeAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit <= 0xdbff ? (text.codePointAt(at) ?? unit) : unit;
}

function next(text: string, at: number): number {
  return codeAt(text, at) > 0xffff ? at + 2 : at + 1;
}

function previous(text: string, at: number): number {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff && at > 1 && codeAt(text, at - 2) > 0xffff ? at - 2 : at - 1;
}

function matchAt(
  { instructions, slots: size }: Code,
  text: string,
  start: number,
  searchedFrom: number,
  { refusesEmpty, wantsLongest }: SearchOptions,
  budget: Budget,
): number[] | null {
  const slots: number[] = new Array(size).fill(-1);
  slots[KEPT] = start;
  const stack: number[] = [];
  let best: number[] | null = null;
  let pc = 0;
  let at = start;
  let steps = 0;

  const set = (slot: number, value: number): void => {
    // Where no way is left to be tried, nothing will be undone.
    if (stack.length > 0) stack.push(UNDO, slot, slots[slot] ?? -1, 0);
    slots[slot] = value;
  };
  /** Goes on with the latest way that is left; false when there is none. */
  const back = (): boolean => {
    while (stack.length > 0) {
      const c = stack.pop() ?? 0;
      const b = stack.pop() ?? 0;
      const a = stack.pop() ?? 0;
      switch (stack.pop()) {
        case UNDO:
          slots[a] = b;
          continue;
        case SHRINK: {
          // a: where to go on, b: the least place, c: the place that was tried.
          const place = previous(text, c);
          if (place > b) stack.push(SHRINK, a, b, place);
          pc = a;
          at = place;
          return true;
        }
        case GROW: {
          // a: the span, b: the place that was tried, c: how many it may still take.
          const span = instructions[a];
          if (span?.op !== 'span' || b >= text.length || !span.set.has(codeAt(text, b))) continue;
          at = next(text, b);
          if (c > 1) stack.push(GROW, a, at, c - 1);
          pc = a + 1;
          return true;
        }
        default:
          pc = a;
          at = b;
          return true;
      }
    }
    return false;
  };
  /** Forgets all ways since the mark, but not what has to be undone if an earlier one is tried. */
  const cut = (mark: number): void => {
    let kept = mark;
    for (let i = mark; i < stack.length; i += 4) {
      if (stack[i] !== UNDO) continue;
      stack[kept] = UNDO;
      stack[kept + 1] = stack[i + 1] ?? 0;
      stack[kept + 2] = stack[i + 2] ?? 0;
      stack[kept + 3] = 0;
      kept += 4;
    }
    steps += (stack.length - mark) >> 2;
    stack.length = kept;
  };

  for (;;) {
    if (++steps >= CHARGED_AT_ONCE) {
      charge(budget, Math.ceil(steps / PER_STEP));
      steps = 0;
      if (stack.length > MOST_WAYS) throw new JqLimitError('size', 'a regular expression has too many ways to match');
    }
    const instruction = instructions[pc];
    if (!instruction) break;
    let isFine = true;
    pc++;
    switch (instruction.op) {
      case 'char':
        isFine = at < text.length && codeAt(text, at) === instruction.code;
        if (isFine) at += instruction.code > 0xffff ? 2 : 1;
        break;
      case 'set':
        isFine = at < text.length && instruction.set.has(codeAt(text, at));
        if (isFine) at = next(text, at);
        break;
      case 'span': {
        const { min, max, mode } = instruction;
        const least = take(instruction.set, min);
        if (least < 0) isFine = false;
        else if (mode === 'lazy') {
          if (max > min) stack.push(GROW, pc - 1, at, max - min);
        } else {
          const from = at;
          take(instruction.set, max - min);
          if (mode === 'greedy' && at > from) stack.push(SHRINK, pc, from, at);
        }
        break;
      }
      case 'jump':
        pc = instruction.to;
        break;
      case 'fork':
        stack.push(WAY, instruction.to, at, 0);
        break;
      case 'save':
        set(instruction.slot, at);
        break;
      case 'place':
        isFine = isAt(instruction.place, text, at, searchedFrom);
        break;
      case 'again':
        isFine = again(instruction.groups, instruction.ignoresCase);
        break;
      case 'zero':
        set(instruction.slot, 0);
        break;
      case 'round': {
        const { count, min, max, isLazy, exit } = instruction;
        const rounds = slots[count] ?? 0;
        if (rounds >= max) {
          pc = exit;
          break;
        }
        set(instruction.start, at);
        if (rounds < min) break;
        // What comes first, another round or going on, and then the other.
        stack.push(WAY, isLazy ? pc : exit, at, 0);
        if (isLazy) pc = exit;
        break;
      }
      case 'rounded': {
        const rounds = (slots[instruction.count] ?? 0) + 1;
        set(instruction.count, rounds);
        // A round of nothing could go on for ever.
        if (at !== slots[instruction.start] || rounds < instruction.min) pc = instruction.back;
        break;
      }
      case 'mark':
        set(instruction.slot, stack.length);
        break;
      case 'cut':
        cut(slots[instruction.slot] ?? 0);
        if (instruction.at !== null) at = slots[instruction.at] ?? at;
        break;
      case 'refuse':
        // The way out of a negative look is the first since its mark: it goes with the others.
        cut(slots[instruction.slot] ?? 0);
        isFine = false;
        break;
      case 'behind':
        if (at > 0) stack.push(SHRINK, pc, farthest(instruction.most), at);
        break;
      case 'same':
        isFine = at === slots[instruction.slot];
        break;
      case 'done': {
        const begin = slots[KEPT] ?? start;
        if (refusesEmpty && at === begin) isFine = false;
        else if (wantsLongest) {
          if (best === null || at > (best[1] ?? 0)) best = [begin, at, ...slots.slice(2)];
          isFine = false;
        } else {
          charge(budget, Math.ceil(steps / PER_STEP));
          slots[1] = at;
          return slots;
        }
      }
    }
    if (!isFine && !back()) break;
  }
  charge(budget, Math.ceil(steps / PER_STEP));
  return best;

  /** Takes so many characters at most. Gives how many, or -1 when there are fewer than a count that is wanted. */
  function take(wanted: CharSet, most: number): number {
    let taken = 0;
    while (taken < most && at < text.length && wanted.has(codeAt(text, at))) {
      at = next(text, at);
      taken++;
      if (taken % CHARGED_AT_ONCE === 0) charge(budget, CHARGED_AT_ONCE / PER_STEP);
    }
    steps += taken % CHARGED_AT_ONCE;
    return taken < most ? -1 : taken;
  }

  /** So many characters before this place, or the beginning. */
  function farthest(most: number): number {
    if (most >= at) return 0;
    let place = at;
    for (let left = most; left > 0 && place > 0; left--) place = previous(text, place);
    return place;
  }

  function again(groups: number[], ignoresCase: boolean): boolean {
    const group = groups.findLast((index) => (slots[2 * index + 1] ?? -1) >= 0);
    if (group === undefined) return false;
    const wanted = text.slice(slots[2 * group], slots[2 * group + 1]);
    steps += wanted.length;
    const found = text.slice(at, at + wanted.length);
    if (found !== wanted && !(ignoresCase && found.toLowerCase() === wanted.toLowerCase())) return false;
    at += wanted.length;
    return true;
  }
}

function isAt(place: Place, text: string, at: number, searchedFrom: number): boolean {
  switch (place) {
    case 'start':
      return at === 0;
    case 'end':
      return at === text.length;
    case 'beforeEnd':
      return at === text.length || (at === text.length - 1 && text.charCodeAt(at) === 10);
    case 'lineStart':
      return at === 0 || text.charCodeAt(at - 1) === 10;
    case 'lineEnd':
      return at === text.length || text.charCodeAt(at) === 10;
    case 'searchStart':
      return at === searchedFrom;
    case 'border':
    case 'inside': {
      const before = at > 0 && WORD.has(codeAt(text, previous(text, at)));
      const after = at < text.length && WORD.has(codeAt(text, at));
      return (before !== after) === (place === 'border');
    }
  }
}
