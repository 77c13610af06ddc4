/** Days of use as a chart shows them: one after the other, with those on which nothing was noted. Pure. */

const DAY_MS = 24 * 3600_000;

export interface Day {
  day: string;
  used: number;
}

/** The last `count` days until `now`, in UTC as they are counted. What is counted as it is stays as it was on days without a change. */
export function lastDays(days: readonly Day[], count: number, now: number, isStanding: boolean) {
  const known = new Map(days.map(({ day, used }) => [day, used]));
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const times = Array.from({ length: count }, (_, index) => today - (count - 1 - index) * DAY_MS);
  const first = times[0] ?? today;
  const before = days.filter(({ day }) => Date.parse(day) < first).sort((one, other) => (one.day < other.day ? 1 : -1));
  let standing = isStanding ? (before[0]?.used ?? null) : 0;
  const values = times.map((time) => {
    const used = known.get(new Date(time).toISOString().slice(0, 10));
    if (used !== undefined && isStanding) standing = used;
    return used ?? standing;
  });
  return { times, values };
}
