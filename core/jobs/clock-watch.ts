/**
 * Whether the clock may be believed by what cannot be taken back. One that goes ahead by more than has passed is wrong, or
 * its machine has slept, or the server was down: that is the same for a while, and after it the clock has been set right.
 * One that goes back was wrong before, or is wrong now: nobody can tell, so operators are told.
 */
import type { Clock } from '../clock.ts';
import type { Logger } from '../observability/log.ts';

export interface ClockWatch {
  /** How far the clock has gone ahead and nobody knows yet whether that is right; null when it may be believed. */
  ahead(): number | null;
  /** How far it has gone back, as `ahead`. */
  behind(): number | null;
  /** What was noted last by a process before this one, and when: what is not yet to come, and all there is. */
  begin(seen: number | null, latest: number | null): void;
}

/** More than this at once is a step of the clock. */
const STEP_MS = 60 * 60_000;
/** A server that was down for less than this is as usual. */
const DOWN_MS = 24 * 60 * 60_000;
/** A clock that keeps its time for so long is right: NTP needs seconds. */
const BELIEVED_AFTER_MS = 15 * 60_000;

const SENTENCES = {
  ahead: 'The clock has gone ahead: scheduled work waits until it has kept its time for 15 minutes',
  behind: 'The clock has gone back: if it is wrong now, what is sold meanwhile ends too early',
} as const;

export function createClockWatch({ clock, log }: { clock: Clock; log: Logger }): ClockWatch {
  let known = { now: clock.now(), elapsed: clock.elapsed() };
  let tolerated = STEP_MS;
  let since: { elapsed: number; way: keyof typeof SENTENCES } | null = null;

  return {
    begin(seen, latest) {
      const now = clock.now();
      if (latest !== null && latest - now > STEP_MS) {
        known = { now: latest, elapsed: clock.elapsed() };
      } else if (seen !== null && now - seen > DOWN_MS) {
        known = { now: seen, elapsed: clock.elapsed() };
        tolerated = DOWN_MS;
      }
    },
    ahead: () => positive(step()),
    behind: () => positive(-step()),
  };

  /** By how much the clock has been set; 0 when it may be believed. */
  function step(): number {
    const [now, elapsed] = [clock.now(), clock.elapsed()];
    const by = now - known.now - (elapsed - known.elapsed);
    const way = by > tolerated ? 'ahead' : by < -STEP_MS ? 'behind' : null;
    if (way === null) return believe(since === null ? null : 'The clock is right again');
    if (since?.way !== way) {
      since = { elapsed, way };
      log.error({ byMs: by }, SENTENCES[way]);
    }
    return elapsed - since.elapsed < BELIEVED_AFTER_MS ? by : believe('The clock has kept its time; it is believed');
  }

  function believe(why: string | null): 0 {
    if (why !== null) log.warn(why);
    known = { now: clock.now(), elapsed: clock.elapsed() };
    tolerated = STEP_MS;
    since = null;
    return 0;
  }
}

function positive(ms: number): number | null {
  return ms > 0 ? ms : null;
}
