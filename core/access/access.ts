/** Who may call a route. Declared on each route; there is no route without it. */
import { type AppError, coreErrors, isAppError } from '../errors.ts';
import { hasScope, isSuperadmin, type Principal, type PrincipalKind } from './principal.ts';

export interface ScopedAccess {
  /** Scope that an API key must carry; people signed in by themselves have all scopes of their role. */
  scope?: string;
  /** Further scopes that it must carry, all of them. */
  also?: readonly string[];
  /** Roles of which the principal needs one; super-admins pass. */
  roles?: readonly string[];
  /** Kinds of principals that may pass at all. Default: accounts (`user`, `apiKey`, `root`). */
  kinds?: readonly PrincipalKind[];
  /**
   * Whether the principal must belong to a tenant. Without it `principal.tenantId` may be null: the platform's own key or
   * the root token, which act for the platform itself and see what belongs to no tenant.
   */
  tenant?: boolean;
}

/**
 * `public`: nobody is authenticated. `optional`: the principal when there is one.
 * `user`: any account. `superadmin`: the platform's administrators.
 */
export type Access = 'public' | 'optional' | 'user' | 'superadmin' | ScopedAccess;

const ACCOUNTS: readonly PrincipalKind[] = ['user', 'apiKey', 'root'];

/** Throws `unauthenticated`, `forbidden`, `insufficient_scope` or `no_tenant` when the principal may not pass. */
export function checkAccess(access: Access, principal: Principal | null): void {
  if (access === 'public' || access === 'optional') return;
  if (!principal) throw coreErrors.unauthenticated({ headers: { 'www-authenticate': 'Bearer' } });
  if (access === 'superadmin') {
    if (!isSuperadmin(principal)) throw coreErrors.forbidden({ message: 'Only a super-admin may do this' });
    return;
  }
  const rule: ScopedAccess = access === 'user' ? {} : access;
  if (!(rule.kinds ?? ACCOUNTS).includes(principal.kind)) throw wrongKind(rule.kinds);
  if (rule.roles && !isSuperadmin(principal) && !rule.roles.some((role) => principal.roles.includes(role))) {
    throw coreErrors.forbidden({ message: `This needs the role ${rule.roles.join(' or ')}` });
  }
  const missing = scopesOf(rule).find((scope) => !hasScope(principal, scope));
  if (missing) throw coreErrors.insufficient_scope({ extra: { required: missing } });
  if (rule.tenant && principal.tenantId === null) throw coreErrors.no_tenant();
}

/** The kinds of principals that may pass. */
export function kindsOf(access: Access): readonly PrincipalKind[] {
  return typeof access === 'string' ? ACCOUNTS : (access.kinds ?? ACCOUNTS);
}

function wrongKind(kinds: readonly PrincipalKind[] = ACCOUNTS) {
  const forPeople = kinds.length === 1 && kinds[0] === 'user';
  return coreErrors.forbidden(forPeople ? { message: 'This needs a signed-in person, not an API key' } : {});
}

/** Why the principal may not pass; null when it may. */
export function refusalOf(access: Access, principal: Principal | null): AppError | null {
  try {
    checkAccess(access, principal);
    return null;
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
}

/** Every scope that a key needs. */
export function scopesOf({ scope, also = [] }: ScopedAccess): readonly string[] {
  return scope === undefined ? also : [scope, ...also];
}

/** The rule in a few words, for `patchbay routes` and the OpenAPI document. */
export function describeAccess(access: Access): string {
  if (typeof access === 'string') return access;
  const parts = [access.kinds?.join('|') ?? 'user'];
  if (access.roles) parts.push(`role ${access.roles.join('|')}`);
  const scopes = scopesOf(access);
  if (scopes.length > 0) parts.push(`scope ${scopes.join('+')}`);
  if (access.tenant) parts.push('a tenant');
  return parts.join(', ');
}
