/** A semaphore: lets a few in at once; the others wait in the order in which they came, up to a limit. */
import { coreErrors } from '#core/plugin.ts';

export interface Gate {
  /** Throws `unavailable` when too many wait. */
  pass<T>(work: () => Promise<T>): Promise<T>;
}

export function createGate(atOnce: number, mostWaiting: number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;

  return {
    async pass(work) {
      if (inside < atOnce) inside++;
      else {
        if (waiting.length >= mostWaiting) throw coreErrors.unavailable();
        // Who leaves hands its place on.
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else inside--;
      }
    },
  };
}
