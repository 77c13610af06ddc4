/** What the server counted hour by hour, as charts: hours of a day or a week, days of a month, and what was today. */
import { $api, textIn } from 'patchbay-platform/ui';

export const RANGES = { day: 24, week: 7 * 24, month: 30 * 24 } as const;
export type Range = keyof typeof RANGES;

export interface Drawn {
  /** `mail`, or a name of core's own. */
  key: string;
  times: readonly number[];
  series: readonly { name: string; values: readonly number[] }[];
}

export interface Counted {
  times: readonly number[];
  series: readonly { name: string; title: Readonly<Record<string, string>>; values: readonly number[] }[];
}

const EVERY_MS = 60_000;

export function rangeIn(text: string | undefined): Range {
  return text === 'week' || text === 'month' ? text : 'day';
}

export function useActivity(range: Range) {
  return $api.useQuery(
    'get',
    '/api/platform/activity',
    { params: { query: { hours: RANGES[range] } } },
    { refetchInterval: EVERY_MS, placeholderData: (former) => former },
  );
}

/** One chart for each plugin; what core counts has one for each, since requests and errors are of different size. */
export function chartsOf({ times, series }: Counted, range: Range): Drawn[] {
  const buckets =
    range === 'month' ? daysOf(times) : times.map((time, index) => ({ time, from: index, to: index + 1 }));
  const keys = [...new Set(series.map(({ name }) => keyOf(name)))];
  return keys.map((key) => ({
    key,
    times: buckets.map(({ time }) => time),
    series: series
      .filter(({ name }) => keyOf(name) === key)
      .map(({ title, values }) => ({
        name: textIn(title),
        values: buckets.map(({ from, to }) => sum(values.slice(from, to))),
      })),
  }));
}

/** How often it happened since the viewer's midnight. */
export function todayOf({ times, series }: Counted, name: string): number | null {
  const found = series.find((one) => one.name === name);
  if (!found) return null;
  const midnight = new Date().setHours(0, 0, 0, 0);
  return sum(found.values.filter((_, index) => (times[index] ?? 0) >= midnight));
}

function keyOf(name: string): string {
  return name.startsWith('core.') ? name : (name.split('.')[0] ?? name);
}

/** Days of the viewer's zone, which has days of 23 and of 25 hours. */
function daysOf(times: readonly number[]): { time: number; from: number; to: number }[] {
  const days: { time: number; from: number; to: number }[] = [];
  times.forEach((time, index) => {
    const day = new Date(time).setHours(0, 0, 0, 0);
    const last = days.at(-1);
    if (last?.time === day) last.to = index + 1;
    else days.push({ time: day, from: index, to: index + 1 });
  });
  return days;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
