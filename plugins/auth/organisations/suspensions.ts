/**
 * Whether a tenant is suspended, for what acts without a person's session: robots, jobs, timers. Nothing of a suspended tenant
 * starts, goes on or leaves; what waits stays until it is active again. Remembered, because it is asked with every message.
 */
import { concernsTenants, createRemembered, PRINCIPALS_CHANGED } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { People } from '../accounts/people.ts';
import type { Suspensions } from '../contract.ts';

/** Told with the uuid of a tenant that was suspended, or is active again. */
export const SUSPENSION_CHANGED = 'auth.tenantStanding';
/** Of real time: a notice of another process may be late. */
const LONGEST_TRUST_MS = 1_000;

export function createSuspensions({ db, notices, people }: Services & { people: People }): Suspensions {
  const isSuspended = createRemembered({
    notices,
    topic: SUSPENSION_CHANGED,
    longestMs: db.soleWriter ? undefined : LONGEST_TRUST_MS,
    load: async (tenantId) => (await people.tenantByUuid(tenantId))?.status === 'suspended',
  });
  const listeners = new Set<(tenantId: string | null) => void>();
  notices.on(PRINCIPALS_CHANGED, (change) => {
    if (concernsTenants(change)) isSuspended.invalidate();
  });
  notices.on(SUSPENSION_CHANGED, (tenantId) => notify(typeof tenantId === 'string' ? tenantId : null));
  notices.onGap(() => notify(null));

  return {
    of: (tenantId) => isSuspended.of(tenantId),
    onChange(fn) {
      listeners.add(fn);
      return () => void listeners.delete(fn);
    },
  };

  function notify(tenantId: string | null): void {
    for (const fn of listeners) fn(tenantId);
  }
}
