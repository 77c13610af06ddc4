/** Answers of others' code that may never come. */

/** What somebody is asked beside the work of others has this long, in ms. */
const ANSWER_MS = 3_000;

/** Nobody has answered in time. */
export class LateError extends Error {}

/** The answer, or a LateError when it has not come by then. Throws what `ask` throws. */
export async function inTime<T>(ask: () => T | Promise<T>, ms = ANSWER_MS): Promise<T> {
  const late = Promise.withResolvers<never>();
  const limit = setTimeout(() => late.reject(new LateError(`no answer within ${ms} ms`)), ms);
  try {
    return await Promise.race([ask(), late.promise]);
  } finally {
    clearTimeout(limit);
  }
}
