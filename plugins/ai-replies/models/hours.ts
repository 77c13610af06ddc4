/** Whether a moment is within hours of the day in some zone. */

export interface DailyHours {
  zone: string;
  /** `HH:MM` */
  from: string;
  /** `HH:MM`, or `24:00`; before `from` it is over midnight. */
  to: string;
}

/** True without hours. A zone that nobody knows is UTC. */
export function isWithinHours(hours: DailyHours | undefined, now: number): boolean {
  if (!hours) return true;
  const { from, to, zone } = hours;
  const time = timeIn(zone, now);
  return from <= to ? from <= time && time < to : time >= from || time < to;
}

function timeIn(timeZone: string, now: number): string {
  const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  try {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone }).format(now);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(now);
  }
}
