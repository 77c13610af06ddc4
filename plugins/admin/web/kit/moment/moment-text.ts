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
/** So a clock of two halves is written, in the languages that the pages have. */
const AFTER_NOON = /p\.?\s?m|下午|晚上/i;
const BEFORE_NOON = /a\.?\s?m|上午|凌晨|早上/i;

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
    hour: hourOf(Number(hours), text),
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

function hourOf(hour: number, text: string): number {
  if (AFTER_NOON.test(text) && hour < NOON) return hour + NOON;
  return BEFORE_NOON.test(text) && hour === NOON ? 0 : hour;
}

/** There is no 31st of April, and no hour 25. */
function isOnCalendar(wall: Wall): boolean {
  const at = new Date(utcOf(wall));
  return (
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
