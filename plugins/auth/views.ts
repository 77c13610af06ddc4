/** How users, tenants and keys look on the wire, with the schemas that say so. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import type { ApiKeyRow, TenantRow, UserRow } from './tables.ts';

const Text = Type.Union([Type.String(), Type.Null()]);
const Time = Type.Union([Type.String(), Type.Null()]);

/** The user of the login answer, exactly as documented. */
export const UserView = Type.Object(
  {
    id: Type.String(),
    email: Text,
    full_name: Text,
    role: Type.String(),
    tenant_id: Type.String(),
  },
  { examples: [{ id: 'uuid', email: 'user@example.com', full_name: 'John Doe', role: 'owner', tenant_id: 'uuid' }] },
);
export type UserView = Static<typeof UserView>;

/** The profile: the login answer's user and what its owner may know beyond. */
export const ProfileView = Type.Object({
  ...UserView.properties,
  username: Text,
  phone: Text,
  avatar: Text,
  status: Type.String(),
  is_superadmin: Type.Boolean(),
  email_verified: Type.Boolean(),
  /** Counts once it is confirmed. */
  pending_email: Text,
  has_password: Type.Boolean(),
  created_at: Type.String(),
  last_login_at: Time,
});
export type ProfileView = Static<typeof ProfileView>;

export const TenantView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  status: Type.String(),
  created_at: Type.String(),
  user_count: Type.Optional(Type.Integer()),
});
export type TenantView = Static<typeof TenantView>;

export const ApiKeyView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  key_prefix: Type.String(),
  scopes: Type.Union([Type.Array(Type.String()), Type.Null()]),
  expires_at: Time,
  created_at: Type.String(),
  last_used_at: Time,
  is_active: Type.Boolean(),
  made_by_administrator: Type.Optional(Type.Literal(true)),
});
export type ApiKeyView = Static<typeof ApiKeyView>;

/** A key at the moment when it is made: the only time its secret is shown. */
export const NewApiKeyView = Type.Object({ ...ApiKeyView.properties, raw_key: Type.String() });

export function userView(user: UserRow, tenantId: string): UserView {
  return { id: user.uuid, email: user.email, full_name: user.full_name, role: user.role, tenant_id: tenantId };
}

export function profileView(user: UserRow, tenantId: string): ProfileView {
  return {
    ...userView(user, tenantId),
    username: user.username,
    phone: user.phone,
    avatar: user.avatar,
    status: user.status,
    is_superadmin: user.is_superadmin === 1,
    email_verified: user.email_verified_at !== null,
    pending_email: user.pending_email,
    has_password: user.password_hash !== null,
    created_at: isoSeconds(user.created_at),
    last_login_at: timeOrNull(user.last_login_at),
  };
}

export function tenantView(tenant: TenantRow): TenantView {
  return { id: tenant.uuid, name: tenant.name, status: tenant.status, created_at: isoSeconds(tenant.created_at) };
}

export function apiKeyView(key: ApiKeyRow, now: number): ApiKeyView {
  return {
    id: key.uuid,
    name: key.name,
    key_prefix: key.key_prefix,
    scopes: scopesOf(key),
    expires_at: timeOrNull(key.expires_at),
    created_at: isoSeconds(key.created_at),
    last_used_at: timeOrNull(key.last_used_at),
    is_active: isUsable(key, now),
    ...(key.made_by !== null && { made_by_administrator: true as const }),
  };
}

export function scopesOf(key: ApiKeyRow): string[] | null {
  return key.scopes === null ? null : JSON.parse(key.scopes);
}

export function isUsable(key: ApiKeyRow, now: number): boolean {
  return (key.revoked_at === null || key.revoked_at > now) && (key.expires_at === null || key.expires_at > now);
}

function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : isoSeconds(ms);
}
