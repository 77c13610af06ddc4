import { isSuperadmin, refusalOf, TENANT_ADMINS } from '#core/kit.ts';
import type { Principal } from '#core/plugin.ts';

export const READ = { scope: 'workflows:read', roles: TENANT_ADMINS };
export const MANAGE = { scope: 'workflows:manage', roles: TENANT_ADMINS };
export const RUN = { scope: 'workflows:run', roles: TENANT_ADMINS };

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
