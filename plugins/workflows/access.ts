import { isSuperadmin, refusalOf } from '#core/kit.ts';
import type { Principal } from '#core/plugin.ts';

const roles = ['owner', 'admin'];
export const READ = { scope: 'workflows:read', roles };
export const MANAGE = { scope: 'workflows:manage', roles };
export const RUN = { scope: 'workflows:run', roles };

/** The rows of a tenant; of all with null. */
export type Reach = string | null;

/** The tenant whose workflows these are; '' is the platform, for principals outside every tenant. */
export function tenantOf(principal: Principal): string {
  return principal.tenantId ?? '';
}

/** Whether the principal may start workflows of that tenant: those of its own, and super-admins all. */
export function mayRun(principal: Principal | null, tenantId: string): boolean {
  if (!principal || (tenantOf(principal) !== tenantId && !isSuperadmin(principal))) return false;
  return refusalOf(RUN, principal) === null;
}

/** Super-admins see the executions of all tenants. */
export function reachOf(principal: Principal): Reach {
  return isSuperadmin(principal) ? null : tenantOf(principal);
}
