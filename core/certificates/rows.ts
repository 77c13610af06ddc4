/** Tables of certificates that come by themselves. */

/** Table `core_certificates`. */
export interface CertificateRow {
  name: string;
  /** The authority of the certificate; null while there is none. */
  directory: string | null;
  /** In PEM. */
  chain: string | null;
  /** Sealed. */
  private_key: string | null;
  issuer: string | null;
  begins_at: number | null;
  ends_at: number | null;
  /** When the next one is to be got. */
  due_at: number;
  tried_at: number | null;
  /** Tries since the last one that succeeded. */
  failures: number;
  error: string | null;
}

/** Table `core_acme_accounts`. */
export interface AcmeAccountRow {
  directory: string;
  /** Sealed. */
  private_key: string;
  created_at: number;
}

/** Table `core_acme_challenges`: what the authority asks for under `/.well-known/acme-challenge/`. */
export interface AcmeChallengeRow {
  token: string;
  answer: string;
  expires_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      core_certificates: CertificateRow;
      core_acme_accounts: AcmeAccountRow;
      core_acme_challenges: AcmeChallengeRow;
    }
  }
}
