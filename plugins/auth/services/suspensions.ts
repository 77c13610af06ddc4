/**
 * Whether a tenant is suspended, for what acts without a person's session: robots, jobs, timers. Nothing of a suspended tenant
 * starts, goes on or leaves; what waits stays until it is active again. Remembered, because it is asked with every message.
 */
import { concernsTenants, PRINCIPALS_CHANGED } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { Suspensions } from '../contract.ts';
import type { People } from './people.ts';

/** Told with the uuid of a tenant that was suspended, or is active again. */
export const STANDING_CHANGED = 'auth.tenantStanding';
const MOST_KNOWN = 10_000;
/** Of real time: a notice of another process may be late. */
const LONGEST_TRUST_MS = 1_000;

export function createSuspensions({ db, notices, people }: Services & { people: People }): Suspensions {
  const known = new Map<string, { isSuspended: boolean; at: number }>();
  const listeners = new Set<(tenantId: string | null) => void>();
  let generation = 0;
  notices.on(PRINCIPALS_CHANGED, (change) => {
    if (concernsTenants(change)) forget();
  });
  notices.on(STANDING_CHANGED, (tenantId) => changed(typeof tenantId === 'string' ? tenantId : null));
  notices.onGap(() => changed(null));

  return {
    async of(tenantId) {
      const found = known.get(tenantId);
      if (found && (db.soleWriter || performance.now() - found.at < LONGEST_TRUST_MS)) return found.isSuspended;
      const [before, at] = [generation, performance.now()];
      const isSuspended = (await people.tenantByUuid(tenantId))?.status === 'suspended';
      // What was read while it was being changed is not kept.
      if (before === generation) {
        if (known.size >= MOST_KNOWN) known.clear();
        known.set(tenantId, { isSuspended, at });
      }
      return isSuspended;
    },
    onChange(fn) {
      listeners.add(fn);
      return () => void listeners.delete(fn);
    },
  };

  function forget(): void {
    generation++;
    known.clear();
  }

  function changed(tenantId: string | null): void {
    forget();
    for (const fn of listeners) fn(tenantId);
  }
}
