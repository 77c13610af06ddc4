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
