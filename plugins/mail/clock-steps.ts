/**
 * Whether the clock has gone ahead of the time that has passed, within the last day: it may be wrong, and what it says to have
 * waited for years has not. What it ends cannot be taken back, and loses nothing by waiting for another day.
 */
import type { Services } from '#core/plugin.ts';

const STEP_MS = 3600_000;
const BELIEVED_AFTER_MS = 24 * 3600_000;

export function createClockSteps(clock: Pick<Services['clock'], 'now' | 'elapsed'>): { isNew(): boolean } {
  const ahead = (): number => clock.now() - clock.elapsed();
  let known = ahead();
  let steppedAt: number | null = null;

  return {
    isNew() {
      if (ahead() - known > STEP_MS) steppedAt = clock.elapsed();
      known = ahead();
      return steppedAt !== null && clock.elapsed() - steppedAt < BELIEVED_AFTER_MS;
    },
  };
}
