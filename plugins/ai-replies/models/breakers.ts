/**
 * Providers that fail again and again are left alone for a while. Failures in a row are counted by all replicas together, and
 * who finds one down tells the others; without the database each process finds out for itself.
 */
import type { CircuitBreakerPolicy, IBackoff } from 'cockatiel';
import { lazily, messageOf, sanitizeText } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../config.ts';
import { type KindUse, ProviderFailure } from './kinds/kind.ts';
import type { PendingWrites } from './pending-writes.ts';

export interface Breakers {
  /** Whether it may be asked now: not while it is down, nor while another call finds out whether it still is. */
  mayAsk(tenantId: string, provider: string): boolean;
  /** Does it, and remembers whether it worked. What the signal has ended does not count, nor what says that the request is wrong. */
  run<T>(tenantId: string, provider: string, signal: AbortSignal, ask: () => Promise<T>): Promise<T>;
  /** When it is tried again, ms since the epoch; null while it is not down. */
  downUntil(tenantId: string, provider: string): number | null;
}

const cockatiel = lazily<typeof import('cockatiel')>('cockatiel', import.meta.url);

interface Breaker {
  policy: CircuitBreakerPolicy;
  until: number | null;
  /** Until when another process, or all together, have found it down. */
  downForAll: number | null;
  /** Somebody has failed since it last answered. */
  isFailing: boolean;
}

/** What processes tell of a provider: that it has failed, for how long it is left alone, or that it answers again. */
interface BreakerNotice {
  tenantId: string;
  provider: string;
  isFailing: boolean;
  downMs: number;
}

const TOPIC = 'ai-replies.breakers';
/** Failures that lie farther apart are not in a row. */
const ROW_MS = 10 * 60_000;
const MOST = 10_000;

export function createBreakers({
  clock,
  db,
  events,
  log,
  notices,
  pendingWrites,
  sharedCounts,
  config,
}: Services & { pendingWrites: PendingWrites; config: AiRepliesConfig }): Breakers {
  const byKey = new Map<string, Breaker>();
  const downMs = config.breaker.seconds * 1000;
  if (sharedCounts.areNeeded) notices.on(TOPIC, receive);

  return {
    mayAsk(tenantId, provider) {
      const { policy, until, downForAll } = breakerOf(tenantId, provider);
      if (downForAll !== null && !isPast(downForAll)) return false;
      const { CircuitState } = cockatiel();
      if (policy.state === CircuitState.Closed) return true;
      return policy.state === CircuitState.Open && isPast(until);
    },
    async run(tenantId, provider, signal, ask) {
      const { policy } = breakerOf(tenantId, provider);
      return policy.execute(ask, signal);
    },
    downUntil(tenantId, provider) {
      const { until = null, downForAll = null } = byKey.get(keyOf(tenantId, provider)) ?? {};
      return downForAll !== null && !isPast(downForAll) ? Math.max(downForAll, until ?? 0) : until;
    },
  };

  /** By this process's own clock, whatever that of the others says. */
  function receive(payload: unknown): void {
    const { tenantId, provider, isFailing, downMs: leftMs } = payload as BreakerNotice;
    const breaker = breakerOf(tenantId, provider);
    breaker.isFailing = isFailing;
    if (!isFailing) breaker.downForAll = null;
    else if (leftMs > 0) breaker.downForAll = clock.now() + Math.min(leftMs, downMs);
  }

  function notifyOthers(tenantId: string, provider: string, isFailing: boolean, leftMs: number): void {
    notices.sendNow(TOPIC, { tenantId, provider, isFailing, downMs: leftMs } satisfies BreakerNotice);
  }

  async function countFailure(tenantId: string, provider: string, reason: string): Promise<void> {
    const row = { name: 'ai-replies.failures', key: keyOf(tenantId, provider), windowMs: ROW_MS };
    const { points } = await sharedCounts.add(row);
    const isDown = points >= config.breaker.failures;
    notifyOthers(tenantId, provider, true, isDown ? downMs : 0);
    if (points === config.breaker.failures) notify(tenantId, provider, reason, clock.now() + downMs);
  }

  async function resetFailures(tenantId: string, provider: string): Promise<void> {
    notifyOthers(tenantId, provider, false, 0);
    await sharedCounts.remove({ name: 'ai-replies.failures', key: keyOf(tenantId, provider) });
  }

  /** Also where the clock has been put back: nothing is left alone for longer than it says. */
  function isPast(until: number | null): boolean {
    return until !== null && (until <= clock.now() || until > clock.now() + downMs);
  }

  function breakerOf(tenantId: string, provider: string): Breaker {
    const key = keyOf(tenantId, provider);
    const found = byKey.get(key);
    if (found) return found;
    if (byKey.size >= MOST) byKey.clear();
    const made = make(tenantId, provider);
    byKey.set(key, made);
    return made;
  }

  function make(tenantId: string, provider: string): Breaker {
    // By our own clock, which cockatiel asks nothing of: the time that is left is counted from the moment it broke.
    const left: IBackoff<unknown> = {
      get duration() {
        return isPast(made.until) ? 0 : Number.POSITIVE_INFINITY;
      },
      next: () => left,
    };
    const { circuitBreaker, ConsecutiveBreaker, handleWhen } = cockatiel();
    const policy = circuitBreaker(
      handleWhen((error) => !isCancelled(error) && !isAboutRequest(error)),
      { halfOpenAfter: left, breaker: new ConsecutiveBreaker(config.breaker.failures) },
    );
    const made: Breaker = { policy, until: null, downForAll: null, isFailing: false };
    if (sharedCounts.areNeeded) countForAll(made, tenantId, provider);
    policy.onBreak((why) => {
      const isNew = made.until === null;
      made.until = clock.now() + downMs;
      if ('error' in why && isNew && !sharedCounts.areNeeded)
        notify(tenantId, provider, messageOf(why.error), made.until);
    });
    policy.onReset(() => {
      made.until = null;
      log.info({ provider }, 'A provider of AI answers again');
    });
    return made;
  }

  function countForAll(breaker: Breaker, tenantId: string, provider: string): void {
    breaker.policy.onFailure(({ handled, reason }) => {
      if (!handled) return;
      breaker.isFailing = true;
      const why = 'error' in reason ? messageOf(reason.error) : '';
      pendingWrites.add(countFailure(tenantId, provider, why));
    });
    breaker.policy.onSuccess(() => {
      if (!breaker.isFailing) return;
      breaker.isFailing = false;
      pendingWrites.add(resetFailures(tenantId, provider));
    });
  }

  function notify(tenantId: string, provider: string, reason: string, until: number): void {
    log.warn({ provider, reason }, 'A provider of AI is down');
    const data = { provider, reason: sanitizeText(reason, 500), until: new Date(until).toISOString() };
    pendingWrites.add(
      db.transaction((trx) => events.emit(trx, 'ai.provider.down', data, { tenantId, subject: provider })),
    );
  }
}

/** Of an ended call, which says nothing about the provider. */
export class Cancelled extends Error {
  override name = 'Cancelled';
  /** What had been used by then, as far as it is known. */
  readonly used: KindUse | null;
  constructor(used: KindUse | null, cause: unknown) {
    super('Not wanted any more', { cause });
    this.used = used;
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof Cancelled;
}

/** Whoever says what is wrong with a request is not down: the next one may be right. */
function isAboutRequest(error: unknown): boolean {
  return error instanceof ProviderFailure && error.isAboutRequest;
}

function keyOf(tenantId: string, provider: string): string {
  return `${tenantId} ${provider}`;
}
