// Reading a date by a strptime pattern.
import { breakDown, DAYS, MONTHS, toSeconds } from './calendar.ts';

interface Found {
  year: number;
  month: number;
  day: number;
  hours: number;
  minutes: number;
  seconds: number;
  afternoon: boolean | null;
  dayOfYear: number | null;
  epoch: number | null;
}

const NUMBERS: Record<string, [pattern: RegExp, use: (found: Found, value: number) => void]> = {
  Y: [
    /[+-]?\d{1,4}/y,
    (found, value) => {
      found.year = value;
    },
  ],
  m: [
    /\d{1,2}/y,
    (found, value) => {
      found.month = value - 1;
    },
  ],
  d: [
    / ?\d{1,2}/y,
    (found, value) => {
      found.day = value;
    },
  ],
  e: [
    / ?\d{1,2}/y,
    (found, value) => {
      found.day = value;
    },
  ],
  H: [
    / ?\d{1,2}/y,
    (found, value) => {
      found.hours = value;
    },
  ],
  k: [
    / ?\d{1,2}/y,
    (found, value) => {
      found.hours = value;
    },
  ],
  I: [
    / ?\d{1,2}/y,
    (found, value) => {
      found.hours = value % 12;
    },
  ],
  l: [
    / ?\d{1,2}/y,
    (found, value) => {
      found.hours = value % 12;
    },
  ],
  M: [
    /\d{1,2}/y,
    (found, value) => {
      found.minutes = value;
    },
  ],
  S: [
    /\d{1,2}/y,
    (found, value) => {
      found.seconds = value;
    },
  ],
  y: [
    /\d{1,2}/y,
    (found, value) => {
      found.year = value + (value < 69 ? 2000 : 1900);
    },
  ],
  j: [
    /\d{1,3}/y,
    (found, value) => {
      found.dayOfYear = value - 1;
    },
  ],
  s: [
    /-?\d{1,15}/y,
    (found, value) => {
      found.epoch = value;
    },
  ],
  u: [/[1-7]/y, () => undefined],
  w: [/[0-6]/y, () => undefined],
  U: [/\d{1,2}/y, () => undefined],
  V: [/\d{1,2}/y, () => undefined],
  W: [/\d{1,2}/y, () => undefined],
  G: [/\d{4}/y, () => undefined],
};

const EXPANDED: Record<string, string> = {
  T: '%H:%M:%S',
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  R: '%H:%M',
  r: '%I:%M:%S %p',
  c: '%a %b %e %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
};

/** The broken down time, or null where the text does not fit the pattern. */
export function readTime(text: string, pattern: string): number[] | null {
  const found: Found = {
    year: 1900,
    month: 0,
    day: 0,
    hours: 0,
    minutes: 0,
    seconds: 0,
    afternoon: null,
    dayOfYear: null,
    epoch: null,
  };
  const end = readPattern(text, 0, pattern, found);
  if (end !== text.length) return null;
  if (found.epoch !== null) return breakDown(found.epoch);
  if (found.afternoon !== null) found.hours = (found.hours % 12) + (found.afternoon ? 12 : 0);
  if (found.month > 11 || found.day > 31 || found.hours > 23 || found.minutes > 59 || found.seconds > 61) return null;
  const { year, month, day, hours, minutes, seconds, dayOfYear } = found;
  const [, , , , , , weekday = 0, yearDay = 0] = breakDown(toSeconds([year, month, day]));
  return [year, month, day, hours, minutes, seconds, weekday, dayOfYear ?? yearDay];
}

function readPattern(text: string, start: number, pattern: string, found: Found): number | null {
  let at: number | null = start;
  for (let i = 0; i < pattern.length && at !== null; i++) {
    const char = pattern[i] ?? '';
    if (/\s/.test(char)) at = skipBlank(text, at);
    else if (char !== '%') at = text[at] === char ? at + 1 : null;
    else at = readCode(text, at, pattern[++i] ?? '', found);
  }
  return at;
}

function skipBlank(text: string, start: number): number {
  let at = start;
  while (at < text.length && /\s/.test(text[at] ?? '')) at++;
  return at;
}

function readCode(text: string, at: number, code: string, found: Found): number | null {
  const number = NUMBERS[code];
  if (number) {
    const [pattern, use] = number;
    pattern.lastIndex = at;
    const digits = pattern.exec(text)?.[0];
    if (digits === undefined) return null;
    use(found, Number(digits));
    return at + digits.length;
  }
  const expanded = EXPANDED[code];
  if (expanded) return readPattern(text, at, expanded, found);
  switch (code) {
    case 'b':
    case 'B':
    case 'h':
      return readName(text, at, MONTHS, (position) => {
        found.month = position;
      });
    case 'a':
    case 'A':
      return readName(text, at, DAYS, () => undefined);
    case 'p':
      return readName(text, at, ['AM', 'PM'], (position) => {
        found.afternoon = position === 1;
      });
    case 'Z':
      return at + (/^[A-Za-z]+/.exec(text.slice(at, at + 40))?.[0].length ?? Number.NaN) || null;
    case 'z': {
      const zone = /^(?:Z|[+-]\d\d:?\d\d)/.exec(text.slice(at, at + 8))?.[0];
      return zone === undefined ? null : at + zone.length;
    }
    case 'n':
    case 't':
      return skipBlank(text, at);
    case '%':
      return text[at] === '%' ? at + 1 : null;
    default:
      return null;
  }
}

function readName(text: string, at: number, names: string[], use: (position: number) => void): number | null {
  const rest = text.slice(at, at + 12).toLowerCase();
  for (const [position, name] of names.entries()) {
    for (const form of [name, name.slice(0, 3)]) {
      if (!rest.startsWith(form.toLowerCase())) continue;
      use(position);
      return at + form.length;
    }
  }
  return null;
}
