/** Rows of the keys that sign offline files. */

export interface SigningKeyRow {
  kid: string;
  /** JWK as JSON. */
  public_key: string;
  /** PKCS #8 in PEM, sealed. */
  private_key: string;
  slot: 'current' | null;
  created_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      licensing_signing_keys: SigningKeyRow;
    }
  }
}
