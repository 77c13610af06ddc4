/** Reconnect limit: how often the socket of a robot may come: each time is stored, told to all who follow it, and called back. */
import type { Services } from '#core/plugin.ts';

export interface ReconnectLimit {
  /** False when the robot (its integer key) has come too often within a minute. */
  admit(robot: number): boolean;
}

const MINUTE_MS = 60_000;
/** Clients come back five seconds after a close at the soonest. */
const MOST_A_MINUTE = 60;

export function createReconnectLimit({ clock }: Services): ReconnectLimit {
  let counts = new Map<number, number>();
  let countedFrom = Number.NEGATIVE_INFINITY;

  return {
    admit(robot) {
      const now = clock.elapsed();
      if (now - countedFrom >= MINUTE_MS) [counts, countedFrom] = [new Map(), now];
      const count = (counts.get(robot) ?? 0) + 1;
      counts.set(robot, count);
      return count <= MOST_A_MINUTE;
    },
  };
}
