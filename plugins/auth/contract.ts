/** What other plugins may use of auth: its services, events and hooks. It imports nothing from inside. */
import type { Knex } from 'knex';
import type { Principal, Transaction } from '#core/plugin.ts';

export type Role = 'owner' | 'admin' | 'member';

export interface Tenant {
  id: number;
  uuid: string;
  name: string;
  status: 'active' | 'suspended';
  created_at: number;
}

/** A person with an account, as `people` and `accounts` give it. */
export interface User {
  id: number;
  uuid: string;
  /** Integer key of the tenant. */
  tenant_id: number;
  email: string | null;
  phone: string | null;
  username: string | null;
  full_name: string | null;
  /** Address of a picture. */
  avatar: string | null;
  role: Role;
  is_superadmin: number;
  status: 'active' | 'suspended';
  email_verified_at: number | null;
  /** Temp-mail: may send mail; how many mailboxes. */
  can_send: number;
  mailbox_limit: number;
  created_at: number;
  last_login_at: number | null;
}

/** Where a request comes from, for sessions and the audit log. */
export interface Origin {
  ip: string;
  userAgent: string;
}

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
  byId(id: number): Promise<User | null>;
  byUuid(uuid: string): Promise<User | null>;
  /** By e-mail address, user name or phone number, any case. */
  byIdentifier(identifier: string): Promise<User | null>;
  /**
   * Checks a password (and second factor), counts failures, runs `user.signingIn`, writes the audit log.
   * Throws `invalid_credentials` (401, the same in text and time for unknown accounts), `otp_required` (401),
   * `account_suspended` (403), `rate_limited` (429).
   */
  signIn(attempt: SignInAttempt): Promise<User>;
  /**
   * Whether this is the password of the account, null for an account that is not there; `name` is what it was called.
   * Counts tries. Throws `invalid_credentials`, `rate_limited`.
   */
  provePassword(user: User | null, name: string, password: string, origin: Origin): Promise<User>;
  /** Asks for the second factor, where there is one. Throws `otp_required`, `invalid_otp`, `rate_limited`. */
  proveSecondFactor(user: User, otp: string | undefined, origin: Origin): Promise<void>;
  /** The last door of every way of signing in. Throws `account_suspended`, or what a hook throws. */
  admit(user: User, method: string, origin: Origin): Promise<void>;
  /** The principal that a signed-in user is: tenant, roles, all scopes. Null when suspended or deleted. */
  principalOf(userId: number): Promise<Principal | null>;
}

export interface PhoneAttempt extends Origin {
  phone: string;
  /** What was sent to it. */
  code: string;
  /** Code of the second factor, when the account has one. */
  otp?: string | undefined;
}

/** A sign-in as `POST /login` gives it. */
export interface PhoneSession {
  user: User;
  accessToken: string;
  refreshToken: string;
}

/** Signing in with a phone, by a code that is sent to it. */
export interface PhoneSignIn {
  /**
   * Sends a code, and gives how many seconds it is good; the same for phones that nobody has. Throws `invalid_phone`, and
   * `rate_limited` after one a minute or ten a day for the phone, and for the address that asks.
   */
  sendCode(phone: string, origin: Origin): Promise<{ expiresIn: number }>;
  /**
   * A phone that nobody has makes an account with a tenant of its own, unless registration is closed. Throws
   * `invalid_phone_code`, `registration_closed`, `otp_required`, `invalid_otp`, `account_suspended`, `rate_limited`.
   */
  signIn(attempt: PhoneAttempt): Promise<PhoneSession>;
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
  }): Promise<User>;
  /** Makes an account inside the caller's transaction. Throws `email_taken`, `username_taken`, `phone_taken`. */
  create(trx: Transaction, account: NewAccount): Promise<User>;
}

/** Users and tenants by what they are known by; null for those that are not there. */
export interface People {
  userById(id: number): Promise<User | null>;
  userByUuid(uuid: string): Promise<User | null>;
  /** By e-mail address, user name or phone number, any case. */
  userByIdentifier(identifier: string): Promise<User | null>;
  tenantById(id: number): Promise<Tenant | null>;
  tenantByUuid(uuid: string): Promise<Tenant | null>;
  updateUser(trx: Transaction, id: number, patch: Partial<Pick<User, 'can_send' | 'mailbox_limit'>>): Promise<void>;
}

/** Accounts that are looked for in other ways than by what they are known by. */
export interface Directory {
  /** All accounts by their number, with figures about all. */
  page(wish: PageWish): Promise<DirectoryPage>;
  /** The first active owner of the tenant; null when it has none. */
  ownerOf(tenantUuid: string): Promise<User | null>;
  /** Names of tenants by their uuid, of those that are there. */
  tenantNames(uuids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Whether an account has one of these addresses. */
  hasAddress(trx: Transaction, forms: AddressForms): Promise<boolean>;
  /** The account as it is, held until the transaction ends: whoever counts what it has takes turns. */
  locked(trx: Transaction, id: number): Promise<User | null>;
  /** The tenant as it is; it is not erased until the transaction ends, and what that has written is erased with it. */
  lockedTenant(trx: Transaction, tenantUuid: string): Promise<Tenant | null>;
}

export interface PageWish {
  /** Super-admins alone, or all others alone. */
  isSuperadmin?: boolean;
  limit: number;
  offset: number;
  sort: 'asc' | 'desc';
}

export interface DirectoryPage {
  users: User[];
  total: number;
  /** Those with more rights than members have. */
  admins: number;
  active: number;
}

/** `local` before the `@` of each of the domains. */
export interface AddressForms {
  local: string;
  domains: readonly string[];
  /** Also `local+anything@`. */
  withTags: boolean;
}

/** What super-admins do with users. */
export interface Administration {
  users(wish: UserWish): Promise<{ items: { id: string; email: string | null; status: string }[] }>;
  /** Throws `not_found`, `last_superadmin`, `last_owner` and what a taken name throws. */
  changeUser(actor: Principal, uuid: string, patch: UserPatch, origin: Origin): Promise<unknown>;
  deleteUser(actor: Principal, uuid: string, origin: Origin): Promise<void>;
}

export interface UserWish {
  page?: number;
  page_size?: number;
  search?: string;
  status?: string;
  role?: string;
  tenant_id?: string;
}

export interface UserPatch {
  full_name?: string | null;
  username?: string;
  /** Of a password that was checked by `passwordChanges.hashOf`. Ends all sessions and links. */
  passwordHash?: string;
  email?: string;
  role?: Role;
  is_superadmin?: boolean;
  status?: 'active' | 'suspended';
  can_send?: boolean;
  mailbox_limit?: number;
}

export interface PasswordChanges {
  /** The hash of a password that may be used. Throws `weak_password`. Slow: never inside a transaction. */
  hashOf(password: string): Promise<string>;
}

/** Sign-ins that last. */
export interface Sessions {
  /** Begins a session without tokens, for a cookie that names it; gives its id. */
  begin(user: User, method: string, origin: Origin, lifetimeMs: number): Promise<string>;
  /** Whose session it is; null when it has ended. */
  userOf(id: string): Promise<User | null>;
  /** Ends the given session of the principal. */
  end(options: { sessionId?: string; principal: Principal }): Promise<void>;
}

export interface Erasure {
  /** Deletes the user; the tenant too when nobody is left in it. Emits `user.deleted`. */
  eraseUser(trx: Transaction, user: User): Promise<void>;
}

/** Which tenants may not act, for what acts without a session: asked before each thing is done, never inside a transaction. */
export interface Suspensions {
  /** Whether it is suspended; false for one that is not there. */
  of(tenantId: string): Promise<boolean>;
  /** Told in every process when one was suspended or is active again; null: any of them may have been. Gives what ends it. */
  onChange(fn: (tenantId: string | null) => void): () => void;
}

/** The tenant of who runs this server: that of the first super-admin, until super-admins name another one. */
export interface OperatorTenant {
  /** Its uuid; null while there is no super-admin. */
  id(): Promise<string | null>;
  /** What it is called, as this transaction or reader sees it; null while there is none. */
  nameIn(on: Knex): Promise<string | null>;
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

export interface AuditLog {
  /** Stores an entry, inside the given transaction or through the group commit; it is linked into its chain afterwards. */
  record(entry: AuditEntry, trx?: Transaction): Promise<void>;
  /** Takes addresses and programs out of the entries of somebody who is erased; who did what stays. */
  erase(trx: Transaction, actorId: string): Promise<void>;
}

/** What tenants have set for themselves. */
export interface SettingsOfTenants {
  /** By the names under which plugins declare them in `tenantSettings`. Throws `not_found` for an unknown tenant. */
  read(tenantId: string): Promise<Record<string, unknown>>;
}

/** What plugins that require `auth` see of it. */
export interface AuthServices {
  accounts: Accounts;
  suspensions: Suspensions;
  administration: Administration;
  auditLog: AuditLog;
  directory: Directory;
  erasure: Erasure;
  operatorTenant: OperatorTenant;
  passwordChanges: PasswordChanges;
  people: People;
  phoneSignIn: PhoneSignIn;
  registration: Registration;
  sessions: Sessions;
  tenantSettings: SettingsOfTenants;
}

declare global {
  namespace Patchbay {
    interface EventCatalogue {
      'user.created': { user_id: string; email: string | null; tenant_id: string };
      'user.deleted': { user_id: string; id: number; tenant_id: string };
      'user.suspended': { user_id: string };
      'tenant.created': { tenant_id: string; name: string };
      /** Nothing of it starts, goes on or leaves until it is active again. */
      'tenant.suspended': { tenant_id: string };
      'tenant.activated': { tenant_id: string };
      'tenant.deleted': { tenant_id: string };
      /** Made, withdrawn or accepted. */
      'invitation.changed': { id: string };
      /** There is a new entry in the audit log; emitted only while somebody listens live. */
      'audit.recorded': { action: string };
    }
    interface HookCatalogue {
      /** Around every sign-in, by password, link, passkey or provider; throw an AppError to refuse it. */
      'user.signingIn': { user: User; method: string; ip: string; userAgent: string };
      /** Collects what is held about a person; add a section of your own. */
      'user.exporting': { user: User; sections: Record<string, unknown> };
    }
  }
}
