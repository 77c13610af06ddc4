// Broken down time, and printing and reading it by strftime patterns. Everything is UTC.
import { Failure } from '../errors.ts';
import { work } from '../limits.ts';
import type { Value } from '../values.ts';

export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Seconds since 1970 to [year, month 0-11, day, hours, minutes, seconds, weekday, day of year]. */
export function breakDown(seconds: number): number[] {
  const whole = Math.floor(seconds);
  const date = new Date(whole * 1000);
  const year = date.getUTCFullYear();
  if (Number.isNaN(year)) throw new Failure('error converting number of seconds since epoch to datetime');
  const dayOfYear = Math.round((Date.UTC(2000, date.getUTCMonth(), date.getUTCDate()) - Date.UTC(2000, 0, 1)) / 864e5);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return [
    year,
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds() + (seconds - whole),
    date.getUTCDay(),
    dayOfYear - (!leap && date.getUTCMonth() > 1 ? 1 : 0),
  ];
}

export function toSeconds(parts: number[]): number {
  const [year = 1970, month = 0, day = 1, hours = 0, minutes = 0, seconds = 0] = parts.map(Math.trunc);
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  date.setUTCHours(hours, minutes, seconds);
  return Math.floor(date.getTime() / 1000);
}

/** Fails unless the value is an array of numbers, at least `least` of them. */
export function wantParts(value: Value, name: string, least = 6): number[] {
  if (Array.isArray(value)) work(value.length);
  const numbers = Array.isArray(value) ? value.filter((part) => typeof part === 'number') : [];
  if (!Array.isArray(value) || value.length < least || numbers.length !== value.length) {
    throw new Failure(`${name} requires parsed datetime inputs`);
  }
  return numbers;
}

function isoWeek(parts: number[]): { year: number; week: number } {
  const [year = 1970, , , , , , weekday = 0, dayOfYear = 0] = parts;
  const monday = (weekday + 6) % 7;
  const week = Math.floor((dayOfYear - monday + 10) / 7);
  if (week < 1) return isoWeek(breakDown(toSeconds([year - 1, 11, 31])));
  const lastDay = breakDown(toSeconds([year, 11, 31]));
  if (week === 53 && ((lastDay[6] ?? 0) + 6) % 7 < 3) return { year: year + 1, week: 1 };
  return { year, week };
}

function pad(value: number, width = 2, fill = '0'): string {
  const whole = Math.trunc(value);
  return (whole < 0 ? '-' : '') + String(Math.abs(whole)).padStart(width, fill);
}

export function printTime(parts: number[], pattern: string): string {
  const full = [...parts, ...breakDown(toSeconds(parts)).slice(parts.length)];
  return pattern.replace(/%[-_0^#]?([EO]?)(.)/gs, (found, _modifier: string, code: string) => {
    const text = printOne(full, code) ?? found;
    if (found[1] === '-') return text.replace(/^[0 ]+(?=.)/, '');
    return found[1] === '^' ? text.toUpperCase() : text;
  });
}

function printOne(parts: number[], code: string): string | null {
  const [year = 1970, month = 0, day = 1, hours = 0, minutes = 0, seconds = 0, weekday = 0, dayOfYear = 0] = parts;
  const again = (pattern: string): string => printTime(parts, pattern);
  switch (code) {
    case 'Y':
      return String(year);
    case 'C':
      return pad(Math.floor(year / 100));
    case 'y':
      return pad(((year % 100) + 100) % 100);
    case 'm':
      return pad(month + 1);
    case 'd':
      return pad(day);
    case 'e':
      return pad(day, 2, ' ');
    case 'H':
      return pad(hours);
    case 'k':
      return pad(hours, 2, ' ');
    case 'I':
      return pad(hours % 12 || 12);
    case 'l':
      return pad(hours % 12 || 12, 2, ' ');
    case 'M':
      return pad(minutes);
    case 'S':
      return pad(seconds);
    case 'p':
      return hours < 12 ? 'AM' : 'PM';
    case 'P':
      return hours < 12 ? 'am' : 'pm';
    case 'Z':
      return 'UTC';
    case 'z':
      return '+0000';
    case 'A':
      return DAYS[weekday] ?? '?';
    case 'a':
      return DAYS[weekday]?.slice(0, 3) ?? '?';
    case 'B':
      return MONTHS[month] ?? '?';
    case 'b':
    case 'h':
      return MONTHS[month]?.slice(0, 3) ?? '?';
    case 'j':
      return pad(dayOfYear + 1, 3);
    case 'u':
      return String(weekday || 7);
    case 'w':
      return String(weekday);
    case 'U':
      return pad(Math.floor((dayOfYear + 7 - weekday) / 7));
    case 'W':
      return pad(Math.floor((dayOfYear + 7 - ((weekday + 6) % 7)) / 7));
    case 'V':
      return pad(isoWeek(parts).week);
    case 'G':
      return String(isoWeek(parts).year);
    case 'g':
      return pad(isoWeek(parts).year % 100);
    case 's':
      return String(toSeconds(parts));
    case 'D':
      return again('%m/%d/%y');
    case 'x':
      return again('%m/%d/%y');
    case 'F':
      return again('%Y-%m-%d');
    case 'T':
    case 'X':
      return again('%H:%M:%S');
    case 'R':
      return again('%H:%M');
    case 'r':
      return again('%I:%M:%S %p');
    case 'c':
      return again('%a %b %e %H:%M:%S %Y');
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case '%':
      return '%';
    default:
      return null;
  }
}
