/** Who may do what with workflows. */
import { isSuperadmin, type Principal } from '#core/http/principal.ts';
import type { Reach } from '../services/executions.ts';

const roles = ['owner', 'admin'];
export const READ = { scope: 'workflows:read', roles };
export const MANAGE = { scope: 'workflows:manage', roles };
export const RUN = { scope: 'workflows:run', roles };

/** The tenant whose workflows these are; '' is the platform, for principals outside every tenant. */
export function tenantOf(principal: Principal): string {
  return principal.tenantId ?? '';
}

/** Super-admins see the executions of all tenants. */
export function reachOf(principal: Principal): Reach {
  return isSuperadmin(principal) ? null : tenantOf(principal);
}
