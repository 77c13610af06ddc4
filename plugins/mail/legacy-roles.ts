/** The temp-mail document's roles, seen from Patchbay's. */
import { isSuperadmin } from '#core/kit.ts';
import type { Principal } from '#core/plugin.ts';

export type MailRole = 'admin' | 'user' | 'mailbox' | 'guest';

/** Tenant owners and admins, and super-admins, are its `admin`; members its `user`. */
export function mailRole(principal: Principal): MailRole {
  if (principal.kind === 'mailbox' || principal.kind === 'guest') return principal.kind;
  return isMailAdmin(principal) ? 'admin' : 'user';
}

export function isMailAdmin(principal: Principal): boolean {
  return isSuperadmin(principal) || principal.roles.includes('owner') || principal.roles.includes('admin');
}
