/** What other plugins may use of auth: its services, events, hooks and the MoltFlow dialect. */
import type { Transaction } from '#core/database/database.ts';
import type { Principal } from '#core/http/principal.ts';
import type { Administration } from './services/administration.ts';
import type { ApiKeys } from './services/api-keys.ts';
import type { AuditChains } from './services/audit-chains.ts';
import type { Challenges } from './services/challenges.ts';
import type { Claims } from './services/claims.ts';
import type { EmailLinks } from './services/email-links.ts';
import type { Erasure } from './services/erasure.ts';
import type { Invitations } from './services/invitations.ts';
import type { LinkRequests } from './services/link-requests.ts';
import type { Links } from './services/links.ts';
import type { Mails } from './services/mails.ts';
import type { Oidc } from './services/oidc.ts';
import type { OperatorTenant } from './services/operator-tenant.ts';
import type { Passkeys } from './services/passkeys.ts';
import type { PasswordChanges } from './services/passwords-of-users.ts';
import type { People } from './services/people.ts';
import type { PersonalData } from './services/personal-data.ts';
import type { Profiles } from './services/profiles.ts';
import type { RootAccess } from './services/root-access.ts';
import type { Origin, Sessions } from './services/sessions.ts';
import type { TenantSettings } from './services/tenant-settings.ts';
import type { Tokens } from './services/tokens.ts';
import type { Role, UserRow } from './tables.ts';

export type { TenantRow, UserRow } from './tables.ts';

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
  /**
   * Whether this is the password of the account, null for an account that is not there; `name` is what it was called.
   * Counts tries. Throws `invalid_credentials`, `rate_limited`.
   */
  provePassword(user: UserRow | null, name: string, password: string, origin: Origin): Promise<UserRow>;
  /** Asks for the second factor, where there is one. Throws `otp_required`, `invalid_otp`, `rate_limited`. */
  proveSecondFactor(user: UserRow, otp: string | undefined, origin: Origin): Promise<void>;
  /** The last door of every way of signing in. Throws `account_suspended`, or what a hook throws. */
  admit(user: UserRow, method: string, origin: Origin): Promise<void>;
  /** The principal that a signed-in user is: tenant, roles, all scopes. Null when suspended or deleted. */
  principalOf(userId: number): Promise<Principal | null>;
}

export interface SecondFactor {
  isOn(userId: number): Promise<boolean>;
  /** Whether the code is right; a right one is used up. Throws `rate_limited`. */
  check(userId: number, code: string): Promise<boolean>;
  /** A new secret, not yet in force. Throws `otp_on_already`. */
  begin(userId: number, label: string): Promise<{ secret: string; otpauth_url: string }>;
  /** Puts the secret in force; gives the recovery codes, this once. Throws `invalid_otp`. */
  confirm(userId: number, code: string): Promise<string[]>;
  /** Throws `invalid_otp`. */
  disable(userId: number, code: string): Promise<void>;
}

export interface NewAccount {
  email?: string | null;
  username?: string | null;
  phone?: string | null;
  fullName?: string | null;
  passwordHash?: string;
  /** Integer key of the tenant to join; without it the account gets one of its own and is its owner. */
  tenantId?: number;
  tenantName?: string;
  role?: Role;
  isSuperadmin?: boolean;
  emailVerified?: boolean;
  origin?: Origin;
}

export interface Registration {
  /** Whether anybody may make an account. */
  isOpen: boolean;
  /**
   * Without a password the account is entered by a mailed link. Throws `registration_closed`, `invitation_required`,
   * `email_taken`, `weak_password`.
   */
  register(request: {
    email: string;
    password?: string;
    fullName?: string;
    tenantName?: string;
    origin: Origin;
  }): Promise<UserRow>;
  /** Makes an account inside the caller's transaction. Throws `email_taken`, `username_taken`, `phone_taken`. */
  create(trx: Transaction, account: NewAccount): Promise<UserRow>;
  hasSuperadmin(): Promise<boolean>;
  setUp(request: {
    token: string;
    email: string;
    username?: string;
    password: string;
    origin: Origin;
  }): Promise<UserRow>;
  setupLink(): Promise<string | null>;
  ensureConfiguredAdmin(): Promise<void>;
}

export interface AuditEntry {
  /** What happened: `user.suspended`, `api_key.created`. */
  action: string;
  /** Who did it; null for the system. */
  actor: (Pick<Principal, 'id' | 'tenantId'> & { kind: string }) | null;
  tenantId?: string | null;
  targetType?: string;
  targetId?: string;
  ip?: string;
  userAgent?: string;
  detail?: Record<string, unknown>;
  /** A try that failed: kept for 90 days, and the newest 100 000 of them, where everything else is kept for ever. */
  attempt?: boolean;
}

/** What a check of the whole log found. */
export interface ChainReport {
  ok: boolean;
  entries: number;
  /** Number of the first entry that was changed, or that stands after a removed one. */
  first_broken: number | null;
  /** What is wrong, in a sentence. */
  problem: string | null;
}

export interface AuditLog {
  /** Stores an entry, inside the given transaction or through the group commit; it is linked into its chain afterwards. */
  record(entry: AuditEntry, trx?: Transaction): Promise<void>;
  /** Takes addresses and programs out of the entries of somebody who is erased; who did what stays. */
  forget(trx: Transaction, actorId: string): Promise<void>;
  /** Links what waits, then checks every entry against the one before it, and the ends against what is kept of them. */
  verify(): Promise<ChainReport>;
}

declare module '#core/plugin.ts' {
  interface Services {
    accounts: Accounts;
    administration: Administration;
    apiKeys: ApiKeys;
    auditChains: AuditChains;
    auditLog: AuditLog;
    challenges: Challenges;
    claims: Claims;
    emailLinks: EmailLinks;
    erasure: Erasure;
    invitations: Invitations;
    linkRequests: LinkRequests;
    links: Links;
    mails: Mails;
    oidc: Oidc;
    passkeys: Passkeys;
    passwordChanges: PasswordChanges;
    operatorTenant: OperatorTenant;
    people: People;
    personalData: PersonalData;
    registration: Registration;
    rootAccess: RootAccess;
    secondFactor: SecondFactor;
    sessions: Sessions;
    profiles: Profiles;
    tenantSettings: TenantSettings;
    tokens: Tokens;
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
    /** Collects what is held about a person; add a section of your own. */
    'user.exporting': { user: UserRow; sections: Record<string, unknown> };
  }
}
