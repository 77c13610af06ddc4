/** Who may use the routes of billing, and for whom they are asked. */
import { TENANT_ADMINS } from '#core/kit.ts';
import type { Principal } from '#core/plugin.ts';
import { billingErrors } from './errors.ts';

/** Members see, owners and admins decide. */
export const MANAGE = { scope: 'billing:manage', roles: TENANT_ADMINS };
export const READ = { scope: 'billing:read' };
export const USAGE = { scope: 'usage:read' };
/** Members do not use up what all of them share. */
export const COUNT = { scope: 'usage:manage', roles: TENANT_ADMINS };

/** Throws `no_tenant` for the root token, which is nobody's. */
export function tenantOf({ tenantId }: Principal): string {
  if (tenantId === null) throw billingErrors.no_tenant();
  return tenantId;
}

/** Where a request came from, for the audit log. */
export interface Origin {
  ip: string;
  userAgent: string;
}

export function originOf({ ip, userAgent }: Origin): Origin {
  return { ip, userAgent };
}
