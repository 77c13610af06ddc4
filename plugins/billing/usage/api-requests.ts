/** Requests of tenants become a meter: counted in memory, refused from what is remembered. A check of core's admission. */
import { type AdmissionCheck, isSuperadmin } from '#core/kit.ts';
import { API_REQUESTS } from '../meters.ts';
import type { UsageScope } from './services.ts';

/** Whoever is over the limit can still look at it, buy more, and sign out. */
const NEVER_REFUSED = ['auth', 'billing'];

/** Who runs the server is neither counted nor refused. */
export function apiRequestCheck({ usageMeters, catalogue }: UsageScope): AdmissionCheck {
  const free = new Set(
    catalogue.routes
      .filter(({ plugin }) => NEVER_REFUSED.includes(plugin))
      .map(({ method, path }) => `${method} ${path}`),
  );
  return (principal, { method, path }) => {
    const { tenantId } = principal;
    if (tenantId === null || isSuperadmin(principal)) return null;
    const room = usageMeters.room(tenantId, API_REQUESTS, 1);
    if (room === 'unlimited' || room === 'left') return null;
    return Promise.resolve(room).then(async (found) => {
      const isRefused = found === 'none' && !free.has(`${method} ${path}`);
      if (isRefused) throw await usageMeters.refusal(tenantId, API_REQUESTS);
    });
  };
}
