/** When a workflow's schedule runs next. */
import { CronExpressionParser } from 'cron-parser';
import { type Definition, optionsOf } from './definition.ts';
import { durationMs } from './durations.ts';

/** Told to all processes when a definition has changed: its schedule may be one that none of them has planned. */
export const CHANGED = 'workflows.changed';
/** `after` begins again when the execution has ended; until then it has no time. */
export const FAR = Date.UTC(9999, 0, 1);

/** The time of what is planned; null while there is none. */
export function plannedAt(next_at: number): number | null {
  return next_at >= FAR ? null : next_at;
}

/** The first time after `now`; null without a schedule by time. `after` begins at once and goes on after each end. */
export function firstRunAfter(definition: Definition, now: number): number | null {
  if (definition.schedule?.after !== undefined) return now;
  return nextRunAfter(definition, now);
}

/** `planned` is the time of the run before it: how late that was started moves no later one of `every`. */
export function nextRunAfter(definition: Definition, now: number, planned = now): number | null {
  const { schedule } = definition;
  if (schedule?.cron !== undefined) {
    return CronExpressionParser.parse(schedule.cron, { currentDate: new Date(now), tz: zoneOf(definition) })
      .next()
      .getTime();
  }
  const every = schedule?.every === undefined ? null : durationMs(schedule.every);
  if (!every) return null;
  return planned + every * (Math.floor(Math.max(0, now - planned) / every) + 1);
}

/** What says when it runs: a change of it plans anew. */
export function timesOf(definition: Definition | null): string {
  return JSON.stringify(definition ? [definition.schedule ?? null, zoneOf(definition)] : null);
}

function zoneOf(definition: Definition): string {
  return optionsOf(definition).timezone ?? 'UTC';
}
