/** How much of the main thread the expressions of one tenant have had lately: what is more goes to the thread for long ones. */

const WINDOW_MS = 100;
/** A fifth. */
const SHARE_MS = 20;

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

/** Each is measured, with all that was done for it: a guess by its steps is as good as what was charged worst. */
export function endHere(lane: string, began: number): void {
  spent.set(lane, (spent.get(lane) ?? 0) + performance.now() - began);
}
