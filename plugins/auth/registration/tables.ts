/** Rows of invitations. */
import type { Role } from '../contract.ts';

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
    auth_invitations: InvitationRow;
  }
}
