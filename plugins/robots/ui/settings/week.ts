/** Working hours as a week of seven days, each with its spans; on the wire they are one list. */

/** `from` and `to` as `09:00`; the end of a day is `24:00`. */
export interface Span {
  from: string;
  to: string;
}

/** Monday first. */
export type Week = readonly (readonly Span[])[];

interface Hours {
  zone: string;
  days: readonly (Span & { day: number })[];
  answer: string;
}

export const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const USUAL: Span = { from: '09:00', to: '18:00' };
const WORKING_DAYS = 5;

export const USUAL_WEEK: Week = DAYS.map((day) => (day <= WORKING_DAYS ? [USUAL] : []));

export function weekOf(days: Hours['days']): Week {
  return DAYS.map((day) => days.filter((own) => own.day === day).map(({ from, to }) => ({ from, to })));
}

export function daysOf(week: Week): Hours['days'] {
  return week.flatMap((spans, index) => spans.map((span) => ({ day: index + 1, ...span })));
}

/** A Monday. */
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 24 * 3600_000;

/** Of a day from 1, Monday. */
export function dayName(day: number, language: string): string {
  const format = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' });
  return format.format(MONDAY + (day - 1) * DAY_MS);
}

/** A span for a day: as another day begins, or after its last one. */
export function nextSpan(week: Week, day: number): Span {
  const last = week[day - 1]?.at(-1);
  if (last) return { from: last.to < '23:00' ? last.to : '23:00', to: '24:00' };
  return week.find((spans) => spans.length > 0)?.[0] ?? USUAL;
}

/** It ends when another time is shown than when it begins: before that is on the next day. */
export function isSpan({ from, to }: Span): boolean {
  return from !== '' && to !== '' && from !== to;
}

/** What a field for times shows: midnight at the end of a day is 00:00 there. */
export function shownEnd(to: string): string {
  return to === '24:00' ? '00:00' : to;
}

export function endOf(shown: string): string {
  return shown === '00:00' ? '24:00' : shown;
}
