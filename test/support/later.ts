/** The clock that only goes forward, as somebody sees it who asks later. */
import { mock } from 'node:test';

/** Runs it as if this much more real time had gone by. */
export async function later<T>(ms: number, run: () => Promise<T>): Promise<T> {
  const real = performance.now.bind(performance);
  const clock = mock.method(performance, 'now', () => real() + ms);
  try {
    return await run();
  } finally {
    clock.mock.restore();
  }
}
