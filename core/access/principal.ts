/** Who makes a request. Core knows only this; plugins' authenticators decide who it is. */

export type PrincipalKind = 'user' | 'apiKey' | 'root' | 'mailbox' | 'guest' | 'robot';

export interface Principal {
  kind: PrincipalKind;
  /** Public id of who or what this is: user uuid, mailbox address, robot id. */
  id: string;
  /** Integer key in `auth_users`; 0 for the root token, null for principals without an account. */
  userId: number | null;
  /** Tenant uuid; null for principals outside every tenant. */
  tenantId: string | null;
  /** `owner | admin | member` in the tenant; `superadmin` on the platform. */
  roles: readonly string[];
  /** What an API key may do; null means everything its roles allow. */
  scopes: readonly string[] | null;
  /** What the session or key is called in the audit log, e.g. its id. */
  credentialId?: string;
  /** A person at a page of this server, which asks for much at once; not their programs. */
  isAtPage?: true;
  /** What the authenticating plugin wants to find again in its own handlers. */
  detail?: unknown;
}

/** One of a tenant, as routes have it whose access says so. */
export interface TenantPrincipal extends Principal {
  tenantId: string;
}

/** A person as seen through a key of theirs: no more than its scopes (null: all), and super-admin only when it says so. */
export function throughKey(person: Principal, scopes: readonly string[] | null): Principal {
  const roles = scopes?.includes('admin:manage') ? person.roles : person.roles.filter((role) => role !== 'superadmin');
  return { ...person, kind: 'apiKey', scopes, roles };
}

/** True for a super-admin: by role, and for API keys only when the key carries `admin:manage`. */
export function isSuperadmin(principal: Principal | null): boolean {
  if (!principal?.roles.includes('superadmin')) return false;
  return principal.scopes === null || principal.scopes.includes('admin:manage');
}

/** The roles of those who administer a tenant, for `access.roles` of routes and pages. */
export const TENANT_ADMINS: readonly string[] = ['owner', 'admin'];

/** Owners and admins of their tenant. */
export function isTenantAdmin({ roles }: Pick<Principal, 'roles'>): boolean {
  return TENANT_ADMINS.some((role) => roles.includes(role));
}

/** Whether the principal's scopes cover the one asked for; `x:manage` implies `x:read`. */
export function hasScope(principal: Principal, scope: string): boolean {
  if (principal.scopes === null || principal.scopes.includes(scope)) return true;
  return scope.endsWith(':read') && principal.scopes.includes(scope.replace(/read$/, 'manage'));
}
