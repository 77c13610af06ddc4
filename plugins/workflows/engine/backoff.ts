/** Backoff: executions that could not be begun, or whose work could not be saved: they are left alone for a while, longer each time. */
import type { Clock } from '#core/kit.ts';

export interface Backoff {
  /** Leaves it alone; so long for so many failures. */
  backOff(id: string, failures: number, reason: string): void;
  ids(): string[];
  /** Why it failed when it was last begun here; null when this process does not know. */
  reasonOf(id: string): string | null;
  /** It goes on: nothing is held against it. */
  reset(id: string): void;
}

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
const MOST_REASONS = 1_000;

export function createBackoff(clock: Clock, rested: () => void): Backoff {
  const resting = new Set<string>();
  const reasons = new Map<string, string>();
  return {
    backOff(id, failures, reason) {
      if (reasons.size >= MOST_REASONS) reasons.clear();
      reasons.set(id, reason);
      resting.add(id);
      clock.after(Math.min(FIRST_MS * 2 ** failures, LONGEST_MS), () => {
        resting.delete(id);
        rested();
      });
    },
    ids: () => [...resting],
    reasonOf: (id) => reasons.get(id) ?? null,
    reset: (id) => void reasons.delete(id),
  };
}
