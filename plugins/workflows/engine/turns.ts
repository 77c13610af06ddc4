/**
 * Tasks without effects follow one another without a pause, in which nobody else is heard: no request, no timer. So
 * whoever works for long in one turn of the event loop gives way.
 */

/** As long as all executions together may work in one turn. */
const LONGEST_TURN_MS = 5;

let began: number | null = null;

/** Resolves in the next turn; null while this one has not been long. */
export function nextTurn(): Promise<void> | null {
  const now = performance.now();
  if (began === null) {
    began = now;
    setImmediate(() => {
      began = null;
    });
    return null;
  }
  return now - began < LONGEST_TURN_MS ? null : new Promise((resolve) => setImmediate(resolve));
}
