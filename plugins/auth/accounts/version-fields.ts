/**
 * What people change of a row, and so what its version is about: a sign-in, which also writes to the row, must not look
 * like somebody else's change.
 */
import type { UserRow } from './tables.ts';

export function editableUser(row: UserRow) {
  const { full_name, username, email, role, status, is_superadmin, can_send, mailbox_limit } = row;
  return { full_name, username, email, role, status, is_superadmin, can_send, mailbox_limit };
}

export function editableProfile({ full_name, avatar, username, email, pending_email }: UserRow) {
  return { full_name, avatar, username, email, pending_email };
}
