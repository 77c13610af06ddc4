/** Counts tries per caller. In memory of this process, on rate-limiter-flexible. */
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { coreErrors } from '../errors.ts';
import type { RateLimit } from './route.ts';

export interface RateLimits {
  enabled: boolean;
  /** Counts one use (or `points`) for the key; throws `rate_limited` with `Retry-After` when over the limit. */
  consume(limit: RateLimit, key: string, points?: number): Promise<void>;
  /** Throws when the limit is used up, without counting: for limits on failures alone. */
  check(limit: RateLimit, key: string): Promise<void>;
  /** Forgets the key, e.g. after a successful sign-in. */
  reset(limit: RateLimit, key: string): Promise<void>;
}

export function createRateLimits({ enabled }: { enabled: boolean }): RateLimits {
  const limiters = new Map<string, RateLimiterMemory>();

  return {
    enabled,

    async consume(limit, key, points = 1) {
      if (!enabled) return;
      try {
        await limiter(limit).consume(key, points);
      } catch (refusal) {
        if (refusal instanceof Error) throw refusal;
        throw limited((refusal as RateLimiterRes).msBeforeNext);
      }
    },

    async check(limit, key) {
      if (!enabled) return;
      const state = await limiter(limit).get(key);
      if (state && state.consumedPoints >= limit.points) throw limited(state.msBeforeNext);
    },

    async reset(limit, key) {
      if (enabled) await limiter(limit).delete(key);
    },
  };

  function limiter(limit: RateLimit): RateLimiterMemory {
    let found = limiters.get(limit.name);
    if (!found) {
      found = new RateLimiterMemory({
        keyPrefix: limit.name,
        points: limit.points,
        duration: limit.windowSeconds,
      });
      limiters.set(limit.name, found);
    }
    return found;
  }
}

function limited(msBeforeNext: number) {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return coreErrors.rate_limited({ headers: { 'retry-after': String(seconds) }, extra: { retry_after: seconds } });
}
