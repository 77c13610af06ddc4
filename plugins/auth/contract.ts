/** What other plugins may use of auth: its services, events, hooks and the MoltFlow dialect. */
import type { Transaction } from '#core/database/database.ts';
import type { Principal } from '#core/http/principal.ts';

export { moltflowDialect } from './dialect.ts';
export type { TenantRow, UserRow } from './tables.ts';

import type { TenantRow, UserRow } from './tables.ts';

export interface SignInAttempt {
  /** E-mail address, user name or phone number, as typed. */
  identifier: string;
  password: string;
  /** Code of the second factor, when the account has one. */
  otp?: string;
  ip: string;
  userAgent: string;
}

/** People and how they prove who they are. */
export interface Accounts {
  byId(id: number): Promise<UserRow | null>;
  byUuid(uuid: string): Promise<UserRow | null>;
  /** By e-mail address, user name or phone number, any case. */
  byIdentifier(identifier: string): Promise<UserRow | null>;
  /**
   * Checks a password (and second factor), counts failures, runs `user.signingIn`, writes the audit log.
   * Throws `invalid_credentials` (401, the same in text and time for unknown accounts), `otp_required` (401),
   * `account_suspended` (403), `rate_limited` (429).
   */
  signIn(attempt: SignInAttempt): Promise<UserRow>;
  /** The principal that a signed-in user is: tenant, roles, all scopes. Null when suspended or deleted. */
  principalOf(userId: number): Promise<Principal | null>;
}

export interface Tenants {
  byId(uuid: string): Promise<TenantRow | null>;
}

export interface AuditEntry {
  /** What happened: `user.suspended`, `api_key.created`. */
  action: string;
  /** Who did it; null for the system. */
  actor: Principal | { userId: number | null; kind: string; tenantId: string | null } | null;
  tenantId?: string | null;
  targetType?: string;
  targetId?: string;
  ip?: string;
  userAgent?: string;
  detail?: Record<string, unknown>;
}

export interface AuditLog {
  /** Adds an entry to the hash chain; inside the given transaction, or through the group commit without one. */
  record(entry: AuditEntry, trx?: Transaction): Promise<void>;
}

declare module '#core/plugin.ts' {
  interface Services {
    accounts: Accounts;
    tenants: Tenants;
    auditLog: AuditLog;
  }
  interface EventCatalogue {
    'user.created': { user_id: string; email: string | null; tenant_id: string };
    'user.deleted': { user_id: string; id: number; tenant_id: string };
    'user.suspended': { user_id: string };
    'tenant.created': { tenant_id: string; name: string };
    'tenant.deleted': { tenant_id: string };
  }
  interface HookCatalogue {
    /** Around every sign-in, by password, link, passkey or provider; throw an AppError to refuse it. */
    'user.signingIn': { user: UserRow; method: string; ip: string; userAgent: string };
  }
}
