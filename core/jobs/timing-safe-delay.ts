/** Work that must not be felt by who asked for it: whether there was any would be told by how long the next answer takes. */
import { randomInt } from 'node:crypto';

const SOONEST_MS = 500;
const LATEST_MS = 3_000;

/** Milliseconds, drawn anew each time, after which such a job may begin. */
export function timingSafeDelayMs(): number {
  return randomInt(SOONEST_MS, LATEST_MS);
}
