/** How users look on the wire, with the schemas that say so. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { Email, Username } from '../access.ts';
import type { UserRow } from './tables.ts';

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

/** What people change of their own profile. */
export const ProfilePatch = Type.Object({
  full_name: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
  avatar: Type.Optional(Type.Union([Type.String({ maxLength: 2000, pattern: '^https?://' }), Type.Null()])),
  email: Type.Optional(Email),
  username: Type.Optional(Username),
});
export type ProfilePatch = Static<typeof ProfilePatch>;

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
    last_login_at: isoSeconds(user.last_login_at),
  };
}
