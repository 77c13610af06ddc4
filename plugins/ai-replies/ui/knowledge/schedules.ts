/** How often a page of the web is read again, in words for the usual schedules. */
export const SCHEDULES = { never: null, hourly: '0 * * * *', daily: '0 3 * * *', weekly: '0 3 * * 1' } as const;
export type ScheduleName = keyof typeof SCHEDULES;
export const SCHEDULE_NAMES: readonly ScheduleName[] = ['never', 'hourly', 'daily', 'weekly'];

/** Null for a schedule that somebody has written themselves. */
export function scheduleName(schedule: string | null): ScheduleName | null {
  return SCHEDULE_NAMES.find((name) => SCHEDULES[name] === schedule) ?? null;
}
