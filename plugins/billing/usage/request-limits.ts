/** Requests a minute that a plan allows its tenant: a policy that core's rate limits ask. */
import { isSuperadmin, type RateLimitPolicy } from '#core/kit.ts';
import { limitOf, REQUESTS_PER_MINUTE, UNLIMITED } from '../meters.ts';
import type { Entitlement } from './entitlements.ts';
import type { UsageScope } from './services.ts';

/** Who runs the server is never locked out of it, nor is anybody out of their pages, which ask for a dozen things at once. */
export function requestLimitPolicy({ entitlements }: UsageScope): RateLimitPolicy {
  return (principal) => {
    const { tenantId, isAtPage } = principal;
    if (tenantId === null || isAtPage || isSuperadmin(principal)) return null;
    const known = entitlements.of(tenantId);
    return known instanceof Promise ? known.then(limitFor) : limitFor(known);
  };
}

function limitFor({ tenantId, limits }: Entitlement) {
  const points = limitOf(limits, REQUESTS_PER_MINUTE);
  if (points === UNLIMITED) return null;
  // The number stands in the name: after a change of plan the new limit holds at once.
  const limit = { name: `billing.requests.${points}`, points, windowSeconds: 60 };
  return { limit, key: tenantId, message: `The limit of your plan is reached: ${points} requests a minute` };
}
