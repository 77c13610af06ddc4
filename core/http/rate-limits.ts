/** Counts tries per caller (IPv6 by /64). In memory of this process, on rate-limiter-flexible. */
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Principal } from '../access/principal.ts';
import { coreErrors } from '../errors.ts';
import { addressGroup } from './client-ip.ts';

/** Requests per window, counted per caller. */
export interface RateLimit {
  /** Routes with the same name share one count. */
  name: string;
  points: number;
  windowSeconds: number;
  /** `ip` (default) or the signed-in principal. */
  by?: 'ip' | 'principal';
}

/**
 * A limit on everything that a caller asks for, decided for each request; null is none. Answer at once where you can:
 * every request with credentials waits for it.
 */
export type RateLimitPolicy = (principal: Principal) => PolicyLimit | null | Promise<PolicyLimit | null>;

export interface PolicyLimit {
  limit: RateLimit;
  /** Whom it is counted for. */
  key: string;
  /** What the refusal says, when it should say more than that there were too many requests. */
  message?: string;
}

/** The route that is asked for, as it is declared. */
export interface Asked {
  method: string;
  path: string;
}

/**
 * Asked about every request with credentials that no limit has refused, whether limits are on or not. Throws what refuses
 * it; null when there is nothing to wait for.
 */
export type AdmissionCheck = (principal: Principal, route: Asked) => Promise<void> | null;

export interface RateLimits {
  enabled: boolean;
  /** Counts one use (or `points`) for the key; throws `rate_limited` with `Retry-After` when over the limit. */
  consume(limit: RateLimit, key: string, points?: number): Promise<void>;
  /** Throws when the limit is used up, without counting: for limits on failures alone. */
  check(limit: RateLimit, key: string): Promise<void>;
  /** Takes one use back that turned out not to count: a try that was right after all. */
  giveBack(limit: RateLimit, key: string): Promise<void>;
  /** Forgets the key, e.g. after a successful sign-in. */
  reset(limit: RateLimit, key: string): Promise<void>;
  /** Adds a policy that every request with credentials is asked about; plugins do so in `start`. */
  addPolicy(policy: RateLimitPolicy): void;
  /** Adds a check of another kind, which is told the route; plugins do so in `start`. */
  addCheck(check: AdmissionCheck): void;
  /**
   * Counts a request with the policies, then asks the checks; null when there is nothing to wait for. Throws `rate_limited`,
   * and what checks throw.
   */
  admit(principal: Principal, route: Asked): Promise<void> | null;
}

export function createRateLimits({ enabled }: { enabled: boolean }): RateLimits {
  const limiters = new Map<string, RateLimiterMemory>();
  const policies: RateLimitPolicy[] = [];
  const checks: AdmissionCheck[] = [];

  return {
    enabled,
    consume,
    addPolicy: (policy) => void policies.push(policy),

    addCheck: (check) => void checks.push(check),

    admit(principal, route) {
      const counted = enabled ? countedByPolicies(principal) : null;
      return counted ? counted.then(() => checked(principal, route) ?? undefined) : checked(principal, route);
    },

    async check(limit, key) {
      if (!enabled) return;
      const state = await limiter(limit).get(addressGroup(key));
      if (state && state.consumedPoints >= limit.points) throw limited(state.msBeforeNext);
    },

    async giveBack(limit, key) {
      if (enabled) await limiter(limit).reward(addressGroup(key));
    },

    async reset(limit, key) {
      if (enabled) await limiter(limit).delete(addressGroup(key));
    },
  };

  async function consume(limit: RateLimit, key: string, points = 1, message?: string): Promise<void> {
    if (!enabled) return;
    try {
      await limiter(limit).consume(addressGroup(key), points);
    } catch (refusal) {
      if (refusal instanceof Error) throw refusal;
      throw limited((refusal as RateLimiterRes).msBeforeNext, message);
    }
  }

  function countedByPolicies(principal: Principal): Promise<void> | null {
    if (policies.length === 0) return null;
    const answers = policies.map((policy) => policy(principal)).filter((answer) => answer !== null);
    return answers.length === 0 ? null : consumeAll(answers);
  }

  function checked(principal: Principal, route: Asked): Promise<void> | null {
    let waits: Promise<void>[] | null = null;
    for (const check of checks) {
      const wait = check(principal, route);
      if (wait) waits = [...(waits ?? []), wait];
    }
    return waits && Promise.all(waits).then(() => undefined);
  }

  async function consumeAll(answers: readonly (PolicyLimit | Promise<PolicyLimit | null>)[]): Promise<void> {
    for (const answer of answers) {
      const found = await answer;
      if (found) await consume(found.limit, found.key, 1, found.message);
    }
  }

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

function limited(msBeforeNext: number, message?: string) {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return coreErrors.rate_limited({
    ...(message && { message }),
    headers: { 'retry-after': String(seconds) },
    extra: { retry_after: seconds },
  });
}
