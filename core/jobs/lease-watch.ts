/**
 * Whether leases of other processes are over. Their clocks differ from this one, so a time that they have noted says little: a
 * lease is over when it has also stood still for most of its length, by the time that passes here. Whoever lives renews it.
 */
import { CLOCK_TOLERANCE_MS, type Clock } from '../clock.ts';

export interface Lease {
  /** What it is a lease of: another one of the same work has another key. */
  key: string;
  until: number;
  /** How long it is when it is renewed; that comes when half of it is over, at the latest. */
  lengthMs: number;
}

export interface LeaseWatch {
  /** Those that are over, of all that are seen at this moment: of others nothing is remembered. */
  over<L extends Lease>(leases: readonly L[]): L[];
}

/** Of its length; renewed ones stand still for half of it, and for a few seconds. */
const STILL_PART = 3 / 4;

export function createLeaseWatch(clock: Pick<Clock, 'now' | 'elapsed'>): LeaseWatch {
  let seen = new Map<string, { until: number; since: number }>();

  return {
    over(leases) {
      const [now, elapsed] = [clock.now(), clock.elapsed()];
      const looked = new Map<string, { until: number; since: number }>();
      for (const { key, until } of leases) {
        const before = seen.get(key);
        looked.set(key, before?.until === until ? before : { until, since: elapsed });
      }
      seen = looked;
      return leases.filter(({ key, until, lengthMs }) => {
        if (until >= now) return false;
        // No clock differs by so much: the process was gone before this one came.
        if (until < now - CLOCK_TOLERANCE_MS) return true;
        return elapsed - (looked.get(key)?.since ?? elapsed) >= lengthMs * STILL_PART;
      });
    },
  };
}
