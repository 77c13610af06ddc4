/** When a workflow's schedule runs next. */
import { CronExpressionParser } from 'cron-parser';
import type { Definition } from '../language/definition.ts';
import { durationMs } from '../language/durations.ts';

/** Told to all processes when a definition has changed: its schedule may be one that none of them has planned. */
export const CHANGED = 'workflows.changed';
/** `after` begins again when the execution has ended; until then it has no time. */
export const FAR = Date.UTC(9999, 0, 1);

/** The first time after `now`; null without a schedule by time. `after` begins at once and goes on after each end. */
export function firstRunAfter({ schedule }: Definition, now: number): number | null {
  if (schedule?.after !== undefined) return now;
  return nextRunAfter(schedule, now);
}

export function nextRunAfter(schedule: Definition['schedule'], now: number): number | null {
  if (schedule?.cron !== undefined) {
    return CronExpressionParser.parse(schedule.cron, { currentDate: new Date(now), tz: 'UTC' })
      .next()
      .getTime();
  }
  const every = schedule?.every === undefined ? null : durationMs(schedule.every);
  return every ? now + every : null;
}
