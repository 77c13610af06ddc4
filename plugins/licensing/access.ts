/** Who administers licences, and whose. */
import { hasScope, isSuperadmin, TENANT_ADMINS } from '#core/kit.ts';
import type { Principal } from '#core/plugin.ts';

/** The role of the static key: it reaches every licence, and nothing else. */
export const STATIC_KEY_ROLE = 'licensing';
const MANAGER_ROLES = [...TENANT_ADMINS, STATIC_KEY_ROLE];

export const LICENCES_READ = { scope: 'licenses:read', roles: MANAGER_ROLES };
export const LICENCES_MANAGE = { scope: 'licenses:manage', roles: MANAGER_ROLES };

/** No tenant that could be forgotten: who means all says so. */
export const EVERY_TENANT = Symbol('every tenant');

/** Whose licences: a tenant's, the platform's (null), or everybody's. */
export type Reach = string | null | typeof EVERY_TENANT;

/** Super-admins and the static key reach every licence; others those of their tenant. */
export function reachOf(principal: Principal): Reach {
  return isSuperadmin(principal) || principal.roles.includes(STATIC_KEY_ROLE) ? EVERY_TENANT : principal.tenantId;
}

/** Who may administer licences at all: the roles and scope of the admin routes, for routes that customers call too. */
export function mayManage(principal: Principal): boolean {
  const isManager = MANAGER_ROLES.some((role) => principal.roles.includes(role)) || isSuperadmin(principal);
  return isManager && hasScope(principal, LICENCES_MANAGE.scope);
}
