/** Scopes of API keys, and which of them each role may give away. */
import { hasScope, isSuperadmin } from '#core/kit.ts';
import type { Principal } from '#core/plugin.ts';

/** Scopes that stand in the documents, whichever plugin serves them. */
export const AUTH_SCOPES: Record<string, string> = {
  'account:read': 'See your own profile',
  'account:manage': 'Change your own profile',
  'settings:read': 'See the settings of the tenant',
  'settings:manage': 'Change the settings of the tenant and its API keys',
  'usage:read': 'See what has been used',
  'billing:read': 'See plan and subscription',
  'billing:manage': 'Change plan and subscription',
  'sessions:read': 'See messaging sessions',
  'sessions:manage': 'Change messaging sessions',
  'messages:send': 'Send messages',
  'bulk-send:manage': 'Send messages to many',
  'custom-groups:manage': 'Change groups of contacts',
  'admin:manage': 'Everything that a super-admin may do',
};

/** Members do not decide about the tenant. */
const NOT_FOR_MEMBERS = ['settings:manage', 'billing:manage'];

/** Whether this principal may put the scope on a key: it must have it itself. */
export function mayGrant(principal: Principal, scope: string): boolean {
  if (scope === 'admin:manage') return isSuperadmin(principal);
  const isMember = !principal.roles.some((role) => role === 'owner' || role === 'admin' || role === 'superadmin');
  if (isMember && NOT_FOR_MEMBERS.includes(scope)) return false;
  return hasScope(principal, scope);
}
