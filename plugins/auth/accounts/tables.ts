/** Rows of users, tenants, their sessions, links and invitations. */
import type { OwnedTables } from '#core/plugin.ts';

import type { Role, Tenant, User } from '../contract.ts';

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

export interface InvitationRow {
  id: number;
  uuid: string;
  tenant_id: number;
  email: string;
  role: Role;
  /** Of the link that was mailed. */
  token_hash: string;
  /** Of the link that was shown to who invites; null for those of earlier versions. */
  shown_hash: string | null;
  invited_by: number;
  created_at: number;
  expires_at: number;
  accepted_at: number | null;
  revoked_at: number | null;
}

declare global {
  namespace Patchbay {
    interface Tables {
      auth_tenants: TenantRow;
      auth_users: UserRow;
      auth_sessions: SessionRow;
      auth_links: LinkRow;
      auth_invitations: InvitationRow;
    }
  }
}

const BY_ERASURE = { by: 'accounts/erasure.ts' };
const BY_USER = { by: 'the foreign key to auth_users' };

/** Whose they are. */
export const accountTables = {
  auth_users: { 'tenant.deleted': BY_ERASURE, 'user.deleted': BY_ERASURE },
  auth_sessions: { 'user.deleted': BY_USER },
  auth_links: { 'user.deleted': BY_USER },
  auth_invitations: { 'tenant.deleted': BY_ERASURE, 'user.deleted': BY_ERASURE },
} satisfies OwnedTables;
