/**
 * A semaphore: lets a few in at once; the others wait in the order in which they came, up to a limit. Where tenants share it:
 * `limiter.ts`.
 */
import { coreErrors } from './errors.ts';

export interface Semaphore {
  /** Throws what `refuse` makes when too many wait. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createSemaphore(
  atOnce: number,
  mostWaiting: number,
  refuse: () => Error = coreErrors.unavailable,
): Semaphore {
  const waiting: (() => void)[] = [];
  let inside = 0;

  return {
    async run(work) {
      if (inside < atOnce) inside++;
      else {
        if (waiting.length >= mostWaiting) throw refuse();
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
