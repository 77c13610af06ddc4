/** Rows of auth's tables. */

import type { Role, Tenant, User } from './contract.ts';

export type { Role } from './contract.ts';

export interface TenantRow extends Tenant {
  /** JSON: the settings that the tenant changed. */
  settings: string;
  updated_at: number;
}

export interface UserRow extends User {
  password_hash: string | null;
  /** Takes the place of `email` once it is confirmed. */
  pending_email: string | null;
  /** Goes up when sessions are ended: who proved who they are before that gets none any more. */
  token_version: number;
  /** Of who is suspended: null when it was before this was noted. */
  suspended_by: 'platform' | 'tenant' | null;
  updated_at: number;
}

/** A sign-in: a family of refresh tokens, or a page's cookie. */
export interface SessionRow {
  id: string;
  user_id: number;
  method: string;
  ip: string;
  user_agent: string;
  created_at: number;
  last_used_at: number;
  expires_at: number;
  revoked_at: number | null;
  /** Of a page's session, whose `expires_at` moves on with its use up to this; null for others. */
  ends_at: number | null;
}

/** A token that was or is in a page's cookie. */
export interface PageTokenRow {
  token_hash: string;
  session_id: string;
  /** The token that it takes the place of; null for the first. */
  parent_hash: string | null;
  created_at: number;
  /** When it was last sent to the browser. */
  given_at: number;
  /** When it first came back; null until then. */
  used_at: number | null;
  /** When its successor first came back. */
  replaced_at: number | null;
}

export interface RefreshTokenRow {
  token_hash: string;
  session_id: string;
  created_at: number;
  used_at: number | null;
}

export interface ApiKeyRow {
  id: number;
  uuid: string;
  user_id: number;
  tenant_id: number;
  name: string;
  key_prefix: string;
  key_hash: string;
  /** JSON list; null means the creator's own rights. */
  scopes: string | null;
  expires_at: number | null;
  revoked_at: number | null;
  last_used_at: number | null;
  created_at: number;
  /** The administrator who made it for its user; null for keys that people made for themselves. */
  made_by: number | null;
  /** The key by which it was made; null when a person made it. It ends with that one. */
  made_with: number | null;
}

export type LinkPurpose = 'verify' | 'reset' | 'magic' | 'setup';

export interface LinkRow {
  id: number;
  token_hash: string;
  purpose: LinkPurpose;
  user_id: number | null;
  /** The address that it was mailed to: it is void once the account has another one. */
  email: string | null;
  expires_at: number;
  used_at: number | null;
  created_at: number;
}

export interface PhoneCodeRow {
  phone: string;
  /** Null once it was used. */
  code_hash: string | null;
  sent_at: number;
  expires_at: number;
  tries: number;
  day_began_at: number;
  sent_that_day: number;
}

export interface ConsentRow {
  id: number;
  tenant_id: number;
  user_id: number | null;
  type: string;
  version: string;
  granted: number;
  ip: string;
  user_agent: string;
  created_at: number;
}

/** `log` is kept for ever, `attempts` (tries that failed) for a time. */
export type AuditChain = 'log' | 'attempts';

export interface AuditRow {
  id: number;
  /** Null for entries of versions that linked them at once. */
  uuid: string | null;
  chain: AuditChain;
  /** Place in the chain; null until it is linked, negative when it is not of our making. */
  seq: number | null;
  at: number;
  action: string;
  actor_kind: string;
  actor_id: string | null;
  tenant_id: string | null;
  target_type: string | null;
  target_id: string | null;
  ip: string | null;
  user_agent: string | null;
  detail: string;
  /** Over ip and user agent, which are forgotten with the person. */
  origin_mac: string | null;
  /** Over everything else, made with the entry. */
  mac: string | null;
  /** Over the entry and the hash before it, made when it is linked. */
  hash: string | null;
}

/** Where a chain begins and ends, so that entries cut off at either end are missed. */
export interface AuditChainRow {
  name: AuditChain;
  /** The chain is checked from the entry after this one; 0 is the beginning. */
  anchor_seq: number;
  last_seq: number;
  last_hash: string;
  mac: string;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    auth_tenants: TenantRow;
    auth_users: UserRow;
    auth_sessions: SessionRow;
    auth_refresh_tokens: RefreshTokenRow;
    auth_page_tokens: PageTokenRow;
    auth_api_keys: ApiKeyRow;
    auth_links: LinkRow;
    auth_consents: ConsentRow;
    auth_audit_entries: AuditRow;
    auth_audit_chains: AuditChainRow;
  }
}

export interface TotpRow {
  user_id: number;
  /** Sealed for purpose `auth.totp`. */
  secret: string;
  confirmed_at: number | null;
  /** Time step of the last code: it and older ones are used up. */
  last_step: number;
}

export interface RecoveryCodeRow {
  user_id: number;
  code_hash: string;
  used_at: number | null;
}

export interface PasskeyRow {
  credential_id: string;
  user_id: number;
  uuid: string;
  name: string;
  /** COSE key, base64url. */
  public_key: string;
  counter: number;
  /** Comma-separated. */
  transports: string;
  created_at: number;
  last_used_at: number | null;
}

/** Something that must come back once within minutes: a WebAuthn challenge, an OIDC state. */
export interface ChallengeRow {
  id: string;
  purpose: string;
  user_id: number | null;
  data: string;
  expires_at: number;
}

export interface OidcIdentityRow {
  provider: string;
  subject: string;
  user_id: number;
  created_at: number;
}

export interface InvitationRow {
  id: number;
  uuid: string;
  tenant_id: number;
  email: string;
  role: Role;
  token_hash: string;
  invited_by: number;
  created_at: number;
  expires_at: number;
  accepted_at: number | null;
  revoked_at: number | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    auth_totp: TotpRow;
    auth_recovery_codes: RecoveryCodeRow;
    auth_passkeys: PasskeyRow;
    auth_challenges: ChallengeRow;
    auth_phone_codes: PhoneCodeRow;
    auth_oidc_identities: OidcIdentityRow;
    auth_invitations: InvitationRow;
  }
}
