/** When backups are made and rehearsed: at a quiet time of the server, unless the configuration names another one. */
import type { CoreConfig } from '../config/schema.ts';

interface LocalTime {
  hour: number;
  minute: number;
  /** 0 is Sunday. */
  weekday?: number;
}

const QUIET: Readonly<Record<string, LocalTime>> = {
  nightly: { hour: 2, minute: 13 },
  weekly: { hour: 5, minute: 13, weekday: 0 },
};
const DAY_MINUTES = 24 * 60;

export interface BackupSchedules {
  /** Five fields, UTC; null: never. */
  schedule: string | null;
  rehearsal: string | null;
}

/** Where the server is, its clocks may be changed: what was at two is at three then, until the next start. */
export function backupSchedules(
  { backups }: Pick<CoreConfig, 'backups'>,
  minutesBehindUtc = new Date().getTimezoneOffset(),
): BackupSchedules {
  const given = (schedule: string | null): string | null => {
    const quiet = schedule === null ? undefined : QUIET[schedule];
    return quiet ? inUtc(quiet, minutesBehindUtc) : schedule;
  };
  return { schedule: given(backups.schedule), rehearsal: given(backups.rehearsal) };
}

function inUtc({ hour, minute, weekday }: LocalTime, minutesBehindUtc: number): string {
  const minutes = hour * 60 + minute + minutesBehindUtc;
  const days = Math.floor(minutes / DAY_MINUTES);
  const left = minutes - days * DAY_MINUTES;
  const day = weekday === undefined ? '*' : (weekday + days + 7) % 7;
  return `${left % 60} ${Math.floor(left / 60)} * * ${day}`;
}
