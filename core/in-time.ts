/** Answers of others' code that may never come. */

/** What somebody is asked beside the work of others has this long, in ms. */
const ANSWER_MS = 3_000;

/** Nobody has answered in time. */
export class LateError extends Error {}

/** The answer, or a LateError when it has not come by then. Throws what `ask` throws. */
export async function inTime<T>(ask: () => T | Promise<T>, ms = ANSWER_MS): Promise<T> {
  return unlessLate(Promise.resolve(ask()), ms);
}

/** The same for who has been asked already. */
export function unlessLate<T>(answer: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new LateError(`no answer within ${ms} ms`)), ms);
    const ended = (): void => clearTimeout(limit);
    answer.then(
      (value) => {
        ended();
        resolve(value);
      },
      (error) => {
        ended();
        reject(error);
      },
    );
  });
}

/** As `unlessLate` for answers that are waited for with every request: one timer for all that wait, instead of one for each. */
export function createPatience(ms: number): <T>(answer: Promise<T>) => Promise<T> {
  /** In the order in which their time is over. */
  const waiting = new Set<{ until: number; giveUp(): void }>();
  let isTimed = false;

  return (answer) =>
    new Promise((resolve, reject) => {
      const one = { until: performance.now() + ms, giveUp: () => reject(new LateError(`no answer within ${ms} ms`)) };
      waiting.add(one);
      if (!isTimed) checkIn(ms);
      answer.then(
        (value) => {
          waiting.delete(one);
          resolve(value);
        },
        (error) => {
          waiting.delete(one);
          reject(error);
        },
      );
    });

  function checkIn(afterMs: number): void {
    isTimed = true;
    setTimeout(check, afterMs).unref();
  }

  function check(): void {
    isTimed = false;
    const now = performance.now();
    for (const one of waiting) {
      // A timer may come a moment before its time.
      if (one.until > now + 1) return void checkIn(one.until - now);
      waiting.delete(one);
      one.giveUp();
    }
  }
}
