/** How long things took, by what they are: a drill compares a phase with the calm one before it. */

export interface Latencies {
  add(what: string, ms: number): void;
  /** The 99th percentile of each in the phase that ends, and begins the next one. */
  endPhase(): Map<string, { count: number; p99: number }>;
}

export function createLatencies(): Latencies {
  let times = new Map<string, number[]>();

  return {
    add(what, ms) {
      const known = times.get(what);
      if (known) known.push(ms);
      else times.set(what, [ms]);
    },
    endPhase() {
      const ended = times;
      times = new Map();
      return new Map([...ended].map(([what, all]) => [what, { count: all.length, p99: percentile(all, 0.99) }]));
    },
  };
}

export function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
