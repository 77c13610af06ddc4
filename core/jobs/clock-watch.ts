/**
 * Whether the clock may be believed by what cannot be taken back. One that goes ahead by more than has passed is wrong, or
 * its machine has slept, or the server was down: that is the same for a while, and after it the clock has been set right.
 */
import type { Clock } from '../clock.ts';
import type { Logger } from '../observability/log.ts';

export interface ClockWatch {
  /** How far the clock has gone ahead and nobody knows yet whether that is right; null when it may be believed. */
  ahead(): number | null;
  /** What was noted last by a process before this one, and when. */
  begin(seen: number | null): void;
}

/** More than this at once is a step of the clock. */
const STEP_MS = 60 * 60_000;
/** A server that was down for less than this is as usual. */
const DOWN_MS = 24 * 60 * 60_000;
/** A clock that keeps its time for so long is right: NTP needs seconds. */
export const BELIEVED_AFTER_MS = 15 * 60_000;

export function createClockWatch({ clock, log }: { clock: Clock; log: Logger }): ClockWatch {
  let known = { now: clock.now(), elapsed: clock.elapsed() };
  let tolerated = STEP_MS;
  let since: number | null = null;

  return {
    begin(seen) {
      if (seen === null || clock.now() - seen <= DOWN_MS) return;
      known = { now: seen, elapsed: clock.elapsed() };
      tolerated = DOWN_MS;
    },
    ahead() {
      const [now, elapsed] = [clock.now(), clock.elapsed()];
      const step = now - known.now - (elapsed - known.elapsed);
      if (step <= tolerated) return believe(since === null ? null : 'The clock is right again');
      if (since === null) {
        since = elapsed;
        log.error(
          { aheadMs: step },
          'The clock has gone ahead: scheduled work waits until it has kept its time for 15 minutes',
        );
      }
      return elapsed - since < BELIEVED_AFTER_MS
        ? step
        : believe('The clock has kept its time; scheduled work goes on');
    },
  };

  function believe(why: string | null): null {
    if (why !== null) log.warn(why);
    known = { now: clock.now(), elapsed: clock.elapsed() };
    tolerated = STEP_MS;
    since = null;
    return null;
  }
}
