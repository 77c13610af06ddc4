// Dates and times. The local zone is UTC, so that a program gives the same result everywhere.
import { Failure } from '../errors.ts';
import { describeValue } from '../json.ts';
import { work } from '../limits.ts';
import type { Value } from '../values.ts';
import { breakDown, printTime, toSeconds, wantParts } from './calendar.ts';
import { from0, from1, type Table } from './define.ts';
import { readTime } from './timeparse.ts';

function gmtime(input: Value, name = 'gmtime'): number[] {
  if (typeof input !== 'number') throw new Failure(`${name}() requires a number`);
  return breakDown(input);
}

function mktime(input: Value): number {
  if (!Array.isArray(input)) throw new Failure('mktime requires array inputs');
  return toSeconds(wantParts(input, 'mktime', 3));
}

function strftime(name: string) {
  return (input: Value, pattern: Value): string => {
    const parts = typeof input === 'number' ? breakDown(input) : input;
    if (!Array.isArray(parts)) throw new Failure(`${name}/1 requires parsed datetime inputs`);
    if (typeof pattern !== 'string') throw new Failure(`${name}/1 requires a string format`);
    work(pattern.length);
    return printTime(wantParts(parts, `${name}/1`, 1), pattern);
  };
}

function strptime(input: Value, pattern: Value): number[] {
  if (typeof input !== 'string') throw new Failure(`strptime/1 requires string inputs and arguments`);
  if (typeof pattern !== 'string') throw new Failure(`strptime/1 requires string inputs and arguments`);
  work(input.length + pattern.length);
  const found = readTime(input, pattern);
  if (!found) throw new Failure(`date "${input}" does not match format "${pattern}"`);
  return found;
}

const ISO = '%Y-%m-%dT%H:%M:%SZ';

function toIso(input: Value): string {
  return strftime('strftime')(input, ISO);
}

function fromIso(input: Value): number {
  return toSeconds(strptime(input, ISO));
}

function toEpoch(input: Value): number {
  if (typeof input === 'number') return input;
  if (typeof input === 'string') return fromIso(input);
  if (Array.isArray(input)) return mktime(input);
  throw new Failure(`${describeValue(input)} is not a date`);
}

export const dates: Table = {
  'now/0': from0(() => Date.now() / 1000),
  'gmtime/0': from0((input) => gmtime(input)),
  'localtime/0': from0((input) => gmtime(input, 'localtime')),
  'mktime/0': from0(mktime),
  'timegm/0': from0(mktime),
  'strftime/1': from1(strftime('strftime')),
  'strflocaltime/1': from1(strftime('strflocaltime')),
  'strptime/1': from1(strptime),
  'todate/0': from0(toIso),
  'todateiso8601/0': from0(toIso),
  'fromdate/0': from0(fromIso),
  'fromdateiso8601/0': from0(fromIso),
  'dateiso8601/0': from0((input) => toIso(toEpoch(input))),
  'date/0': from0(toIso),
};
