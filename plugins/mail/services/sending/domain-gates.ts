/**
 * Who may deliver to a domain now: so many at once, so many a minute, and nobody for a while after it did not answer.
 * A domain that is down costs one connection now and then, however much mail waits for it.
 */

export interface DomainGates {
  /** 0 when a delivery may begin, which is then counted; else how long to wait in ms. */
  enter(domain: string): number;
  leave(domain: string): void;
  /** Whether nobody may go there now, because it did not answer. */
  isAway(domain: string): boolean;
  /** How long nobody has been received there, ms; 0 when the last one was. */
  awayFor(domain: string): number;
  /** The domain's servers did not answer. */
  unreachable(domain: string): void;
  /** They did. */
  reachable(domain: string): void;
}

interface Gate {
  inside: number;
  windowEndsAt: number;
  inWindow: number;
  failures: number;
  /** When the first of the failures in a row was. */
  failingSince: number;
  closedUntil: number;
}

const WINDOW_MS = 60_000;
/** How long everybody stays away after the first, second, … failure in a row. */
const PAUSES_MS = [30_000, 120_000, 600_000, 1_800_000];
/** When all places are taken, the next try is this much later. */
const BUSY_MS = 1_000;
const MAX_GATES = 50_000;

export function createDomainGates(options: { atOnce: number; perMinute: number; now: () => number }): DomainGates {
  const gates = new Map<string, Gate>();

  return {
    enter(domain) {
      const gate = gateOf(domain);
      const now = options.now();
      if (now < gate.closedUntil) return gate.closedUntil - now;
      // After a pause one goes first, and the others follow when it was well received.
      if (gate.inside >= (gate.failures > 0 ? 1 : options.atOnce)) return BUSY_MS;
      if (now >= gate.windowEndsAt) {
        gate.windowEndsAt = now + WINDOW_MS;
        gate.inWindow = 0;
      }
      if (options.perMinute > 0 && gate.inWindow >= options.perMinute) return gate.windowEndsAt - now;
      gate.inWindow++;
      gate.inside++;
      return 0;
    },
    leave(domain) {
      const gate = gateOf(domain);
      gate.inside = Math.max(0, gate.inside - 1);
    },
    isAway: (domain) => options.now() < (gates.get(domain)?.closedUntil ?? 0),
    awayFor(domain) {
      const gate = gates.get(domain);
      return gate && gate.failures > 0 ? options.now() - gate.failingSince : 0;
    },
    unreachable(domain) {
      const gate = gateOf(domain);
      if (gate.failures === 0) gate.failingSince = options.now();
      gate.closedUntil = options.now() + (PAUSES_MS[Math.min(gate.failures, PAUSES_MS.length - 1)] ?? 0);
      gate.failures++;
    },
    reachable(domain) {
      const gate = gateOf(domain);
      gate.failures = 0;
      gate.closedUntil = 0;
    },
  };

  function gateOf(domain: string): Gate {
    let gate = gates.get(domain);
    if (!gate) {
      if (gates.size >= MAX_GATES) forgetIdle();
      gate = { inside: 0, windowEndsAt: 0, inWindow: 0, failures: 0, failingSince: 0, closedUntil: 0 };
      gates.set(domain, gate);
    }
    return gate;
  }

  function forgetIdle(): void {
    for (const [domain, { inside, closedUntil }] of gates) {
      if (inside === 0 && closedUntil <= options.now()) gates.delete(domain);
    }
  }
}
