/**
 * Limits on guessing activation codes. Every try is counted before it is looked at and given back when the code was right.
 * When there are too many wrong ones in all, addresses get few tries each: a crowd of guessers is slowed down, and nobody
 * with a code of their own is shut out by others.
 */
import { isAppError, type RateLimit } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';

const WINDOW_SECONDS = 600;
const OF_ADDRESS: RateLimit = {
  name: 'robots.codes.address',
  points: 20,
  windowSeconds: WINDOW_SECONDS,
  shared: 'closed',
};
const IN_ALL: RateLimit = { name: 'robots.codes.all', points: 1_000, windowSeconds: WINDOW_SECONDS, shared: 'closed' };
const WHILE_MANY: RateLimit = { name: 'robots.codes.few', points: 2, windowSeconds: WINDOW_SECONDS, shared: 'closed' };
const EVERYBODY = 'all';

/** Counts a try from the address; gives the function that takes it back. Throws `rate_limited`. */
export async function countTry(
  rateLimits: Pick<Services['rateLimits'], 'consume' | 'giveBack'>,
  ip: string,
): Promise<() => Promise<void>> {
  await rateLimits.consume(OF_ADDRESS, ip);
  const counted = [{ limit: OF_ADDRESS, key: ip }];
  try {
    await rateLimits.consume(IN_ALL, EVERYBODY);
    counted.push({ limit: IN_ALL, key: EVERYBODY });
  } catch (error) {
    if (!isAppError(error) || error.code !== 'rate_limited') {
      // Nothing is judged while nobody knows how many there are.
      await rateLimits.giveBack(OF_ADDRESS, ip);
      throw error;
    }
    await rateLimits.consume(WHILE_MANY, ip);
    counted.push({ limit: WHILE_MANY, key: ip });
  }
  return async () => {
    for (const { limit, key } of counted) await rateLimits.giveBack(limit, key);
  };
}
