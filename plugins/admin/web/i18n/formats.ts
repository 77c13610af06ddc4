/** Numbers, money, sizes and times as the viewer reads them, by Intl. */
import { storedValue, useStore } from '../client/store.ts';
import { spacedUnits } from './chinese-spaces.ts';
import { type Language, language, tagOf } from './i18n.ts';
import { regionalTag } from './regional-tag.ts';

/** `local` is the zone of the viewer's machine. */
export type Zone = 'local' | 'utc';
export const zone = storedValue<Zone>(
  'patchbay.zone',
  'local',
  (text): text is Zone => text === 'local' || text === 'utc',
);

const MINUTE_MS = 60_000;
const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 24 * 60 * MINUTE_MS],
  ['month', 30 * 24 * 60 * MINUTE_MS],
  ['day', 24 * 60 * MINUTE_MS],
  ['hour', 60 * MINUTE_MS],
  ['minute', MINUTE_MS],
];
const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

export interface Formats {
  number(value: number, options?: Intl.NumberFormatOptions): string;
  /** `amount` in the currency's units, as the API gives it: 29.9. */
  money(amount: number, currency: string): string;
  percent(share: number): string;
  /** `a, b and c`. */
  list(texts: readonly string[]): string;
  bytes(count: number): string;
  /** A duration in milliseconds: `1.2 s`, `3 min`. */
  duration(milliseconds: number): string;
  dateTime(time: string | number | Date, style?: Intl.DateTimeFormatOptions): string;
  date(time: string | number | Date): string;
  /** `3 minutes ago`, `in 2 days`. */
  ago(time: string | number | Date): string;
  utc(time: string | number | Date): string;
}

/** Formats of the chosen language and zone, as the viewer's region has them; who uses them is drawn again when either changes. */
export function useFormats(): Formats {
  return formatsFor(useTag(), useStore(zone) === 'utc' ? 'UTC' : undefined);
}

/** The reader's language as their region writes it: `en-GB`. */
export function useTag(): string {
  return tagHere(useStore(language));
}

/** Found once for each language: every time in a list asks for it. */
const tags = new Map<Language, string>();

function tagHere(chosen: Language): string {
  const tag = tags.get(chosen) ?? regionalTag(tagOf(chosen), navigator.languages);
  tags.set(chosen, tag);
  return tag;
}

const made = new Map<string, Formats>();

export function formatsFor(tag: string, timeZone: string | undefined): Formats {
  const key = `${tag} ${timeZone ?? ''}`;
  const formats = made.get(key) ?? create(tag, timeZone);
  made.set(key, formats);
  return formats;
}

function create(tag: string, timeZone: string | undefined): Formats {
  const whole = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short', timeZone });
  const day = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeZone });
  const inUtc = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'long', timeZone: 'UTC' });
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' });
  const plain = new Intl.NumberFormat(tag);
  const all = new Intl.ListFormat(tag);
  const number: Formats['number'] = (value, options) =>
    options ? new Intl.NumberFormat(tag, options).format(value) : plain.format(value);
  const spaced = tag.startsWith('zh') ? spacedUnits : (text: string) => text;
  const unit = (value: number, name: string, unitDisplay: 'short' | 'long' = 'short') =>
    spaced(number(value, { style: 'unit', unit: name, unitDisplay, maximumFractionDigits: value < 10 ? 1 : 0 }));

  return {
    number,
    money: (amount, currency) => number(amount, { style: 'currency', currency: currency.toUpperCase() }),
    list: (texts) => all.format(texts),
    percent: (share) => number(share, { style: 'percent', maximumFractionDigits: 1 }),
    bytes(count) {
      const power = Math.min(Math.floor(Math.log2(Math.max(count, 1)) / 10), BYTES.length - 1);
      // Its short form has no plural.
      return unit(count / 1024 ** power, BYTES[power] ?? 'byte', power === 0 ? 'long' : 'short');
    },
    duration(milliseconds) {
      if (milliseconds < 1000) return unit(milliseconds, 'millisecond');
      if (milliseconds < 2 * MINUTE_MS) return unit(milliseconds / 1000, 'second');
      if (milliseconds < 120 * MINUTE_MS) return unit(milliseconds / MINUTE_MS, 'minute');
      return unit(milliseconds / (60 * MINUTE_MS), 'hour');
    },
    dateTime: (time, style) =>
      (style ? new Intl.DateTimeFormat(tag, { ...style, timeZone }) : whole).format(new Date(time)),
    date: (time) => day.format(new Date(time)),
    ago(time) {
      const passed = new Date(time).getTime() - Date.now();
      const [name, length] = STEPS.find(([, step]) => Math.abs(passed) >= step) ?? ['second', 1000];
      return spaced(relative.format(Math.round(passed / length), name));
    },
    utc: (time) => inUtc.format(new Date(time)),
  };
}
