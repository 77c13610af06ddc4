/**
 * Who may deliver to a domain now: so many at once, so many a minute, and nobody for a while after it did not answer.
 * A domain that is down costs one connection now and then, however much mail waits for it. Tenants go there in turn:
 * whoever was sent away is let in before those that came later, and while it waits, others take no more than their share.
 */

export interface DomainGates {
  /** 0 when a delivery of the tenant may begin, which is then counted; else how long to wait in ms. */
  enter(domain: string, tenant: string): number;
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
  /** How often each tenant has been let in since the window began. */
  inWindow: Map<string, number>;
  /** Tenants that were sent away, the first one first, and until when they are waited for. */
  waiting: Map<string, number>;
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
/** Who was sent away is waited for a quarter longer than it was told to wait, and at least this much. */
const LATE_MS = 2_000;
const MAX_GATES = 50_000;

/** `now`: of a clock that nobody sets, so that no door stays closed for as long as another one was wrong. */
export function createDomainGates(options: { atOnce: number; perMinute: number; now: () => number }): DomainGates {
  const gates = new Map<string, Gate>();

  return {
    enter(domain, tenant) {
      const gate = gateOf(domain);
      const now = options.now();
      if (now < gate.closedUntil) return gate.closedUntil - now;
      dropLate(gate, now);
      if (!hasPlace(gate, tenant)) return waitInLine(gate, tenant, now, BUSY_MS);
      if (now >= gate.windowEndsAt) beginWindow(gate, now);
      const leftMs = gate.windowEndsAt - now;
      if (isUsedUp(gate)) return waitInLine(gate, tenant, now, leftMs);
      // It could not use a place, so it keeps none from others.
      if (hasItsShare(gate, tenant)) return leftMs;
      gate.waiting.delete(tenant);
      gate.inWindow.set(tenant, (gate.inWindow.get(tenant) ?? 0) + 1);
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

  function hasPlace({ failures, inside, waiting }: Gate, tenant: string): boolean {
    // After a pause one goes first, and the others follow when it was well received.
    const places = failures > 0 ? 1 : options.atOnce;
    const place = [...waiting.keys()].indexOf(tenant);
    return places - inside > (place < 0 ? waiting.size : place);
  }

  /** Who waits already keeps its place in the line. */
  function waitInLine({ waiting }: Gate, tenant: string, now: number, waitMs: number): number {
    waiting.set(tenant, now + waitMs + Math.max(waitMs / 4, LATE_MS));
    return waitMs;
  }

  function dropLate({ waiting }: Gate, now: number): void {
    for (const [tenant, until] of waiting) if (until < now) waiting.delete(tenant);
  }

  function beginWindow(gate: Gate, now: number): void {
    gate.windowEndsAt = now + WINDOW_MS;
    gate.inWindow.clear();
  }

  function isUsedUp({ inWindow }: Gate): boolean {
    if (options.perMinute === 0) return false;
    return [...inWindow.values()].reduce((sum, turns) => sum + turns, 0) >= options.perMinute;
  }

  /** While others wait, of what there is in a minute. */
  function hasItsShare({ inWindow, waiting }: Gate, tenant: string): boolean {
    const doOthersWait = waiting.size > (waiting.has(tenant) ? 1 : 0);
    if (options.perMinute === 0 || !doOthersWait) return false;
    const tenants = new Set([...inWindow.keys(), ...waiting.keys(), tenant]);
    return (inWindow.get(tenant) ?? 0) >= Math.ceil(options.perMinute / tenants.size);
  }

  function gateOf(domain: string): Gate {
    let gate = gates.get(domain);
    if (!gate) {
      if (gates.size >= MAX_GATES) dropIdle();
      const nobody = { inside: 0, inWindow: new Map<string, number>(), waiting: new Map<string, number>() };
      gate = { ...nobody, windowEndsAt: 0, failures: 0, failingSince: 0, closedUntil: 0 };
      gates.set(domain, gate);
    }
    return gate;
  }

  function dropIdle(): void {
    for (const [domain, { inside, closedUntil }] of gates) {
      if (inside === 0 && closedUntil <= options.now()) gates.delete(domain);
    }
  }
}
