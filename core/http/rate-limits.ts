/**
 * Counts tries per caller (IPv6 by /64): in memory of this process, on rate-limiter-flexible, or for all replicas together
 * where a limit asks for that and there may be others.
 */
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Principal } from '../access/principal.ts';
import type { Count, Counted, SharedCounts } from '../counts/shared-counts.ts';
import type { Transaction } from '../database/database.ts';
import { coreErrors, isAppError } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import { addressGroup } from './client-ip.ts';

/** Requests per window, counted per caller. */
export interface RateLimit {
  /** Routes with the same name share one count. */
  name: string;
  points: number;
  windowSeconds: number;
  /** `ip` (default) or the signed-in principal. */
  by?: 'ip' | 'principal';
  /**
   * Counted for all replicas together: what guesses secrets, costs money or writes to strangers. It says what happens while
   * the database does not count: `closed` refuses with `unavailable`, `open` counts in this process alone. Without it each
   * process counts for itself, which protects that process.
   */
  shared?: 'closed' | 'open';
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

/** Who is refused because the database does not count comes back after this. */
const RETRY_SECONDS = 5;
/** So old may be what is known of a shared limit where it is only looked at. */
const SEEN_MS = 1_000;
const MOST_SEEN = 10_000;

export interface RateLimits {
  enabled: boolean;
  /**
   * Counts one use (or `points`) for the key; throws `rate_limited` with `Retry-After` when over the limit. Inside a transaction
   * a shared limit is counted by `trx`.
   */
  consume(limit: RateLimit, key: string, points?: number, trx?: Transaction): Promise<void>;
  /**
   * Throws when the limit is used up, without counting: for limits on failures alone. What other replicas have counted of a
   * shared limit it may know a second late.
   */
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

export interface RateLimitOptions {
  enabled: boolean;
  counts: SharedCounts;
  log: Logger;
}

export function createRateLimits({ enabled, counts, log }: RateLimitOptions): RateLimits {
  const limiters = new Map<string, RateLimiterMemory>();
  const policies: RateLimitPolicy[] = [];
  const checks: AdmissionCheck[] = [];
  /** What was counted of shared limits, as this process has seen it last. */
  const seen = new Map<string, { counted: Counted | null; at: number }>();
  /** What this process is counting of them at this moment: who looks meanwhile sees it as counted. */
  const underWay = new Map<string, number>();

  return {
    enabled,
    consume: (limit, key, points, trx) => consume(limit, key, points, { trx }),
    addPolicy: (policy) => void policies.push(policy),

    addCheck: (check) => void checks.push(check),

    admit(principal, route) {
      const counted = enabled ? countedByPolicies(principal) : null;
      return counted ? counted.then(() => checked(principal, route) ?? undefined) : checked(principal, route);
    },

    async check(limit, key) {
      if (!enabled) return;
      const own = async () => {
        const state = await limiter(limit).get(addressGroup(key));
        return state && { points: state.consumedPoints, leftMs: state.msBeforeNext };
      };
      const counted = await together(limit, () => seenWithOwn(limit, key), own);
      if (counted && counted.points >= limit.points) throw limited(counted.leftMs);
    },

    async giveBack(limit, key) {
      if (!enabled) return;
      const own = () => limiter(limit).reward(addressGroup(key));
      await afterwards(limit, key, () => counts.takeBack(countOf(limit, key)), own);
    },

    async reset(limit, key) {
      if (!enabled) return;
      const own = () => limiter(limit).delete(addressGroup(key));
      await afterwards(limit, key, () => counts.remove(countOf(limit, key)), own);
    },
  };

  async function consume(
    limit: RateLimit,
    key: string,
    points = 1,
    { message, trx }: { message?: string | undefined; trx?: Transaction | undefined } = {},
  ): Promise<void> {
    if (!enabled) return;
    const own = () => consumeHere(limit, key, points, message);
    const ask = () => consumeTogether(limit, key, points, { message, trx });
    // What ends the transaction is for that to judge: it may be run again.
    if (trx && limit.shared && counts.areNeeded) await ask();
    else await together(limit, ask, own);
  }

  async function consumeTogether(
    limit: RateLimit,
    key: string,
    points: number,
    { message, trx }: { message: string | undefined; trx: Transaction | undefined },
  ): Promise<void> {
    const seenKey = seenKeyOf(limit, key);
    noteUnderWay(seenKey, points);
    const counted = await counts.add(countOf(limit, key), points, trx).finally(() => noteUnderWay(seenKey, -points));
    noteSeen(seenKey, counted);
    if (counted.points > limit.points) throw limited(counted.leftMs, message);
  }

  /** Tries that come together are counted before any of their statements has come back. */
  async function seenWithOwn(limit: RateLimit, key: string): Promise<Counted | null> {
    const counted = await seenLately(limit, key);
    const own = underWay.get(seenKeyOf(limit, key)) ?? 0;
    if (own === 0) return counted;
    return { points: (counted?.points ?? 0) + own, leftMs: counted?.leftMs ?? limit.windowSeconds * 1000 };
  }

  /** Hot paths look before and after their work, which is mostly at keys where nothing is counted. */
  async function seenLately(limit: RateLimit, key: string): Promise<Counted | null> {
    const seenKey = seenKeyOf(limit, key);
    const known = seen.get(seenKey);
    if (known && performance.now() - known.at < SEEN_MS) return known.counted;
    const counted = await counts.read(countOf(limit, key));
    const newer = seen.get(seenKey);
    // What was counted while it was read may not be in it.
    if (newer && newer !== known) return newer.counted;
    noteSeen(seenKey, counted);
    return counted;
  }

  function noteUnderWay(key: string, points: number): void {
    const left = (underWay.get(key) ?? 0) + points;
    if (left > 0) underWay.set(key, left);
    else underWay.delete(key);
  }

  function noteSeen(key: string, counted: Counted | null): void {
    if (seen.size >= MOST_SEEN) seen.clear();
    seen.set(key, { counted, at: performance.now() });
  }

  /** What is counted for all, or here where there are no others, or where they cannot be asked and that is enough. */
  async function together<T>(limit: RateLimit, ask: () => Promise<T>, own: () => Promise<T>): Promise<T> {
    if (!limit.shared || !counts.areNeeded) return own();
    try {
      return await ask();
    } catch (error) {
      if (isAppError(error) && error.code !== 'unavailable') throw error;
      log.warn({ err: error, limit: limit.name }, 'The database does not count');
      if (limit.shared === 'open') return own();
      throw coreErrors.unavailable({ headers: { 'retry-after': String(RETRY_SECONDS) }, cause: error });
    }
  }

  /** What was right is not refused because its try could not be taken back. */
  async function afterwards(
    limit: RateLimit,
    key: string,
    ask: () => Promise<unknown>,
    own: () => Promise<unknown>,
  ): Promise<void> {
    seen.delete(seenKeyOf(limit, key));
    await together<unknown>({ ...limit, ...(limit.shared && { shared: 'open' }) }, ask, own);
  }

  async function consumeHere(limit: RateLimit, key: string, points: number, message?: string): Promise<void> {
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
      if (found) await consume(found.limit, found.key, 1, { message: found.message });
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

function seenKeyOf({ name }: RateLimit, key: string): string {
  return `${name} ${addressGroup(key)}`;
}

function countOf({ name, windowSeconds }: RateLimit, key: string): Count {
  return { name, key: addressGroup(key), windowMs: windowSeconds * 1000 };
}

function limited(msBeforeNext: number, message?: string) {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return coreErrors.rate_limited({
    ...(message && { message }),
    headers: { 'retry-after': String(seconds) },
    extra: { retry_after: seconds },
  });
}
