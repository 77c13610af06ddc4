/** How much of the main thread the expressions of one tenant have had lately: what is more goes to the thread for long ones. */

const WINDOW_MS = 100;
/** A fifth. */
const SHARE_MS = 20;
/** Shorter runs are not measured: looking at the clock would take as long as they do. */
const MEASURED_FROM = 500;
const MS_PER_STEP = 1e-4;

let windowEnds = 0;
const spent = new Map<string, number>();

/** May it run here now? Gives when it begins, or null. */
export function beginHere(lane: string): number | null {
  const now = performance.now();
  if (now > windowEnds) {
    if (spent.size > 0) spent.clear();
    windowEnds = now + WINDOW_MS;
  }
  return (spent.get(lane) ?? 0) > SHARE_MS ? null : now;
}

export function endHere(lane: string, began: number, steps: number): void {
  const ms = steps < MEASURED_FROM ? steps * MS_PER_STEP : performance.now() - began;
  spent.set(lane, (spent.get(lane) ?? 0) + ms);
}
