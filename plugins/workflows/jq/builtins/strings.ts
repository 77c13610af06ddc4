// Strings: case, splitting, trimming, joining, code points.

import { elements } from '../access.ts';
import { addPart, splitText } from '../arithmetic.ts';
import { Failure } from '../errors.ts';
import { toText } from '../formats.ts';
import { describeValue } from '../json.ts';
import { type Budget, charge, checkString, mapText, work, workText, workTogether } from '../limits.ts';
import type { Value } from '../values.ts';
import { from0, from1, type Table, wantString } from './define.ts';

function split(input: Value, separator: Value, budget: Budget): Value {
  if (typeof input !== 'string' || typeof separator !== 'string') {
    throw new Failure('split input and separator must be strings');
  }
  return splitText(budget, input, separator);
}

function mapAscii(input: Value, pattern: RegExp, change: (text: string) => string): string {
  const text = wantString(input, () => 'explode input must be a string');
  return mapText(text, (piece) => piece.replace(pattern, change), 4);
}

function explode(input: Value, budget: Budget): Value {
  const text = wantString(input, () => 'explode input must be a string');
  charge(budget, text.length);
  return Array.from(text, (char) => {
    const point = char.codePointAt(0) ?? 0;
    return point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
  });
}

function implode(input: Value, budget: Budget): string {
  if (!Array.isArray(input)) throw new Failure('implode input must be an array');
  charge(budget, input.length);
  return input
    .map((item) => {
      if (typeof item !== 'number' || Number.isNaN(item)) {
        throw new Failure(`${describeValue(item)} can't be imploded, unicode codepoint needs to be numeric`);
      }
      const point = Math.trunc(item);
      const bad = point < 0 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff);
      return String.fromCodePoint(bad ? 0xfffd : point);
    })
    .join('');
}

// What Unicode calls white space.
const BLANK = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

function trim(input: Value, start: boolean, end: boolean): string {
  const text = wantString(input, () => 'trim input must be a string');
  // Character by character: an expression for the end would look at each start of a long run of blanks again.
  let from = 0;
  let to = text.length;
  for (; start && from < to && BLANK.test(text.charAt(from)); from++) work(1);
  for (; end && to > from && BLANK.test(text.charAt(to - 1)); to--) work(1);
  return text.slice(from, to);
}

function join(input: Value, separator: Value, budget: Budget): Value {
  const items = elements(input);
  if (items.length === 0) return '';
  charge(budget, items.length);
  let joined: Value = null;
  for (const item of items) {
    const before: Value = joined === null ? '' : addPart(budget, joined, separator);
    const piece = item === null ? '' : typeof item === 'number' || typeof item === 'boolean' ? toText(item) : item;
    joined = addPart(budget, before, piece);
    if (typeof joined === 'string') checkString(joined.length);
  }
  if (typeof joined === 'string') workTogether(joined.length);
  return joined;
}

function test(name: string, check: (text: string, part: string) => boolean) {
  return from1((input, part) => {
    if (typeof input !== 'string' || typeof part !== 'string') throw new Failure(`${name}() requires string inputs`);
    workText(part.length);
    return check(input, part);
  });
}

// As if written in jq with `startswith` and `endswith`: what is no string is refused by them.
function trimText(start: boolean, end: boolean) {
  return from1((input, part) => {
    if (typeof input !== 'string' || typeof part !== 'string') {
      throw new Failure(`${start ? 'startswith' : 'endswith'}() requires string inputs`);
    }
    workText(part.length);
    const rest = start && input.startsWith(part) ? input.slice(part.length) : input;
    return end && part !== '' && rest.endsWith(part) ? rest.slice(0, -part.length) : rest;
  });
}

export const strings: Table = {
  'split/1': from1(split),
  'join/1': from1(join),
  'ascii_downcase/0': from0((input) => mapAscii(input, /[A-Z]+/g, (text) => text.toLowerCase())),
  'ascii_upcase/0': from0((input) => mapAscii(input, /[a-z]+/g, (text) => text.toUpperCase())),
  'explode/0': from0(explode),
  'implode/0': from0(implode),
  'ascii/0': from0((input) => {
    if (typeof input !== 'number') throw new Failure(`${describeValue(input)} cannot be a character`);
    return String.fromCodePoint(Math.max(0, Math.min(127, Math.trunc(input))));
  }),
  'trim/0': from0((input) => trim(input, true, true)),
  'ltrim/0': from0((input) => trim(input, true, false)),
  'rtrim/0': from0((input) => trim(input, false, true)),
  'ltrimstr/1': trimText(true, false),
  'rtrimstr/1': trimText(false, true),
  'trimstr/1': trimText(true, true),
  'startswith/1': test('startswith', (text, part) => text.startsWith(part)),
  'endswith/1': test('endswith', (text, part) => text.endsWith(part)),
};
