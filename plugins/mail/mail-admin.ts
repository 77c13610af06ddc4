/** Administrators: who sees and changes what of mail belongs to a tenant, not to them. */
import { isSuperadmin, isTenantAdmin } from '#core/kit.ts';
import type { Principal } from '#core/plugin.ts';

/** Tenant owners and admins, and super-admins. */
export function isMailAdmin(principal: Principal): boolean {
  return isSuperadmin(principal) || isTenantAdmin(principal);
}
