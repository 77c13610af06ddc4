/** Durations of the DSL: ISO 8601 (`PT1H30M`) or an object of units. */

const UNIT_MS: Record<string, number> = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1_000,
  milliseconds: 1,
};
const ISO_8601 =
  /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const LONGEST_MS = 1000 * 366 * 86_400_000;
const ISO_UNIT_MS = [7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000];

/** Milliseconds; null for what is no duration. Months and years are none: they have no fixed length. */
export function durationMs(duration: unknown): number | null {
  if (typeof duration === 'string') return isoMs(duration);
  if (typeof duration !== 'object' || duration === null) return null;
  let total = 0;
  for (const [unit, amount] of Object.entries(duration)) {
    const ms = UNIT_MS[unit];
    if (ms === undefined || typeof amount !== 'number' || !Number.isFinite(amount) || amount < 0) return null;
    total += ms * amount;
  }
  return withinReason(total);
}

function isoMs(text: string): number | null {
  const match = ISO_8601.exec(text);
  if (!match || text.endsWith('T') || text === 'P') return null;
  const total = ISO_UNIT_MS.reduce((sum, ms, index) => sum + ms * Number(match[index + 1] ?? 0), 0);
  return withinReason(total);
}

/** Longer than a thousand years is no duration: times are kept as whole milliseconds. */
function withinReason(ms: number): number | null {
  return ms <= LONGEST_MS ? Math.round(ms) : null;
}
