/** Rows of second factors, passkeys and challenges. */
import type { OwnedTables } from '#core/plugin.ts';

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

declare global {
  namespace Patchbay {
    interface Tables {
      auth_totp: TotpRow;
      auth_recovery_codes: RecoveryCodeRow;
      auth_passkeys: PasskeyRow;
      auth_challenges: ChallengeRow;
    }
  }
}

const BY_USER = { by: 'the foreign key to auth_users' };

/** Whose they are. */
export const factorTables = {
  auth_totp: { 'user.deleted': BY_USER },
  auth_recovery_codes: { 'user.deleted': BY_USER },
  auth_passkeys: { 'user.deleted': BY_USER },
  auth_challenges: { 'user.deleted': { by: 'factors/erasure.ts' } },
} satisfies OwnedTables;
