/** What a month's use comes to at its end, when it goes on as it began. Pure. */

export interface Pace {
  used: number;
  /** -1 is unlimited. */
  limit: number;
  /** When counting began. */
  start: string;
  end: string;
  now: number;
}

export interface Forecast {
  atEnd: number;
  /** When the limit is reached, if that is before the end and not yet. */
  reachedAt: number | null;
}

/** Before that, one busy hour would be a busy month. */
const TOO_EARLY_MS = 24 * 3600_000;
/** And a handful is no pace. */
const TOO_FEW = 10;

/** Null when there is nothing to go by, or nothing left to say. */
export function forecastOf({ used, limit, start, end, now }: Pace): Forecast | null {
  const begin = Date.parse(start);
  const length = Date.parse(end) - begin;
  const share = (now - begin) / length;
  if (used < TOO_FEW || now - begin < TOO_EARLY_MS || share >= 1) return null;
  if (limit >= 0 && used >= limit) return null;
  const atEnd = Math.round(used / share);
  const reachedAt = limit >= 0 && atEnd > limit ? begin + (limit / used) * share * length : null;
  return { atEnd, reachedAt };
}
