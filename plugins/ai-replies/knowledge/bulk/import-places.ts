/**
 * Places for imports that this process has in memory: one of a tenant, and of all so many at once. Whoever comes then waits in line
 * instead of being refused, so that the long imports of some keep nobody else away.
 */

export interface ImportPlaces {
  /** False while the tenant has one, or too many wait. */
  enter(tenantId: string): boolean;
  /** Resolves when it is its turn; true: it is its turn. False when the signal has ended the wait. */
  turn(signal: AbortSignal): Promise<boolean>;
  /** Of who has had its turn. */
  leave(): void;
  exit(tenantId: string): void;
}

/** What they have sent waits on the disk. */
const MOST_IN_LINE = 50;

export function createImportPlaces(most: number): ImportPlaces {
  const tenants = new Set<string>();
  const line: (() => void)[] = [];
  let taken = 0;

  return {
    enter(tenantId) {
      if (tenants.has(tenantId) || tenants.size >= most + MOST_IN_LINE) return false;
      tenants.add(tenantId);
      return true;
    },
    async turn(signal) {
      if (signal.aborted) return false;
      if (taken < most) {
        taken++;
        return true;
      }
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const next = (): void => resolve(true);
      const giveUp = (): void => {
        const place = line.indexOf(next);
        if (place < 0) return;
        line.splice(place, 1);
        resolve(false);
      };
      line.push(next);
      signal.addEventListener('abort', giveUp, { once: true });
      try {
        return await promise;
      } finally {
        signal.removeEventListener('abort', giveUp);
      }
    },
    leave() {
      // Its place goes to the next one, or is free.
      const next = line.shift();
      if (next) next();
      else taken--;
    },
    exit: (tenantId) => void tenants.delete(tenantId),
  };
}
