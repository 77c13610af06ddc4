/** Costs day by day as a chart shows them, with the days on which nothing was asked. Pure. */
const DAY_MS = 24 * 3600_000;

interface Day {
  /** `2026-01-31`, UTC as they are counted. */
  subject: string;
  cost: number;
}

export function spendDays(days: readonly Day[], count: number, now: number): { times: number[]; values: number[] } {
  const known = new Map(days.map(({ subject, cost }) => [subject, cost]));
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const times = Array.from({ length: count }, (_, index) => today - (count - 1 - index) * DAY_MS);
  return { times, values: times.map((time) => known.get(dayText(time)) ?? 0) };
}

/** The first of so many days until now. */
export function firstDay(count: number, now: number): string {
  return dayText(now - (count - 1) * DAY_MS);
}

function dayText(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
