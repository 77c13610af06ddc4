/** What stands of conditions in the database, so that of several replicas one tells of them. Table: core_alerts. */

/** Table `core_alerts`. */
export interface AlertRow {
  name: string;
  /** Since when the condition holds; null while it does not. */
  since: number | null;
  told_at: number | null;
  is_told: boolean | number;
  /** Until then a person wants to hear nothing of it. */
  paused_until: number | null;
}

declare global {
  namespace Patchbay {
    interface Tables {
      core_alerts: AlertRow;
    }
  }
}

const MINUTE_MS = 60_000;
/** What is over sooner is nobody's sleep worth. */
const HOLD_MS = 5 * MINUTE_MS;
/** Of one condition that comes and goes, nothing more is told for so long. */
const PAUSE_MS = 60 * MINUTE_MS;

/** What becomes of the row, and what is told. Who was told that it holds is told that it is over, paused or not. */
export function nextOf(
  { since, told_at, is_told, paused_until }: AlertRow,
  holds: boolean,
  now: number,
): { row: Pick<AlertRow, 'since' | 'told_at' | 'is_told'>; tells: 'begun' | 'over' | null } {
  if (!holds) return { row: { since: null, told_at, is_told: false }, tells: is_told ? 'over' : null };
  const begun = since ?? now;
  const isQuiet = isPaused(paused_until, now) || (told_at !== null && now - told_at < PAUSE_MS);
  const isDue = !is_told && now - begun >= HOLD_MS && !isQuiet;
  if (!isDue) return { row: { since: begun, told_at, is_told: Boolean(is_told) }, tells: null };
  return { row: { since: begun, told_at: now, is_told: true }, tells: 'begun' };
}

export function isPaused(until: number | null, now: number): boolean {
  return until !== null && until > now;
}
