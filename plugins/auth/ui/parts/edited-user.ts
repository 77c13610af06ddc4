/** Somebody whom an administrator may change. */
export const USER = '/api/platform/auth/users/{id}';

export interface EditedUser {
  id: string;
  version: string;
  full_name: string | null;
  username: string | null;
  email: string | null;
  role: string;
  is_superadmin: boolean;
  can_send: boolean;
  mailbox_limit: number;
}
