/** Rows of codes for phones, and of accounts at other providers. */
import type { OwnedTables } from '#core/plugin.ts';

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

export interface OidcIdentityRow {
  provider: string;
  subject: string;
  user_id: number;
  created_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      auth_phone_codes: PhoneCodeRow;
      auth_oidc_identities: OidcIdentityRow;
    }
  }
}

/** Whose they are. */
export const signInTables = {
  auth_phone_codes: { 'user.deleted': { by: 'sign-in/erasure.ts' } },
  auth_oidc_identities: { 'user.deleted': { by: 'the foreign key to auth_users' } },
} satisfies OwnedTables;
