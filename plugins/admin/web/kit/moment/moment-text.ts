/** A time as the reader writes it, and read back: the order, the marks and the clock of their region, in a zone that is said. */

export interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

const NAMES = ['year', 'month', 'day', 'hour', 'minute'] as const;
const MINUTE_MS = 60_000;
const NOON = 12;
const HOURS = 24;
/** Understood beside the words that the region has for the halves of a day. */
const LATIN = { before: /a\.?\s?m/i, after: /p\.?\s?m/i };

/** What clocks show in a zone. */
export function wallOf(instant: Date, timeZone: string | undefined): Wall {
  const format = new Intl.DateTimeFormat('en', {
    calendar: 'gregory',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
    timeZone,
  });
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  return Object.fromEntries(NAMES.map((name) => [name, parts.get(name) ?? 0])) as unknown as Wall;
}

/** When clocks show this in a zone; an hour that is left out in spring is the one after it. */
export function instantOf(wall: Wall, timeZone: string | undefined): Date {
  const asUtc = utcOf(wall);
  const offsetAt = (time: number): number =>
    utcOf(wallOf(new Date(time), timeZone)) - Math.floor(time / MINUTE_MS) * MINUTE_MS;
  const near = asUtc - offsetAt(asUtc);
  const found = asUtc - offsetAt(near);
  return new Date(utcOf(wallOf(new Date(found), timeZone)) === asUtc ? found : Math.max(near, found));
}

export function momentText(instant: Date, tag: string, timeZone: string | undefined): string {
  return formatOf(tag, timeZone)
    .format(instant)
    .replaceAll(/[\u200e\u200f]/g, '')
    .replaceAll(/\s/g, ' ');
}

/** Null: it cannot be read. A day without a time begins at `usualTime`. */
export function readMoment(text: string, tag: string, timeZone: string | undefined, usualTime = '00:00'): Date | null {
  const numbers = [...text.matchAll(/\d+/g)].map(([digits]) => digits);
  const [first = ''] = numbers;
  if (numbers.length < 3 || numbers.length === 4) return null;
  const order = first.length === 4 ? (['year', 'month', 'day'] as const) : orderOf(tag);
  const read = Object.fromEntries(order.map((name, index) => [name, Number(numbers[index])]));
  const [hours, minutes] = numbers.length === 3 ? usualTime.split(':') : numbers.slice(3);
  const wall = {
    year: fullYear(read.year ?? 0),
    month: read.month ?? 0,
    day: read.day ?? 0,
    hour: hourOf(Number(hours), text, tag),
    minute: Number(minutes),
  };
  return isOnCalendar(wall) ? instantOf(wall, timeZone) : null;
}

function orderOf(tag: string): ('year' | 'month' | 'day')[] {
  return formatOf(tag, undefined)
    .formatToParts(0)
    .map(({ type }) => type)
    .filter((type) => type === 'year' || type === 'month' || type === 'day');
}

function formatOf(tag: string, timeZone: string | undefined): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(tag, {
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  });
}

function fullYear(year: number): number {
  return year < 100 ? 2000 + year : year;
}

function hourOf(hour: number, text: string, tag: string): number {
  const isSaid = (half: keyof typeof LATIN): boolean =>
    LATIN[half].test(text) || halvesOf(tag)[half].some((word) => text.includes(word));
  if (hour < NOON && isSaid('after')) return hour + NOON;
  return hour === NOON && isSaid('before') ? 0 : hour;
}

/** What the region calls the hours before noon, and those after it: more than two words, in some. */
function halvesOf(tag: string): Record<keyof typeof LATIN, string[]> {
  const format = formatOf(tag, 'UTC');
  const words = Array.from({ length: HOURS }, (_, hour) =>
    format.formatToParts(Date.UTC(2000, 0, 1, hour)).find(({ type }) => type === 'dayPeriod'),
  ).map((part) => part?.value ?? '');
  return { before: words.slice(0, NOON).filter(Boolean), after: words.slice(NOON).filter(Boolean) };
}

/** There is no 31st of April, and no hour 25; a year of three digits is one that is still being written. */
function isOnCalendar(wall: Wall): boolean {
  const at = new Date(utcOf(wall));
  return (
    wall.year >= 1000 &&
    at.getUTCFullYear() === wall.year &&
    at.getUTCMonth() + 1 === wall.month &&
    at.getUTCDate() === wall.day &&
    at.getUTCHours() === wall.hour &&
    at.getUTCMinutes() === wall.minute
  );
}

function utcOf({ year, month, day, hour, minute }: Wall): number {
  return Date.UTC(year, month - 1, day, hour, minute);
}
