/** Passkeys by the browser's own WebAuthn (level 3), whose JSON is what the server speaks. */
import { isRecord } from 'patchbay-platform/ui';

/** Only where the page came encrypted or from this machine, and not in old browsers. */
export const hasPasskeys =
  typeof PublicKeyCredential === 'function' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;

/** Somebody has closed the browser's dialog, or has no passkey that fits. */
export class PasskeyRefused extends Error {}

/** What the authenticator says to the server's options for signing in. */
export async function usePasskey(options: unknown, signal?: AbortSignal) {
  if (!isRequest(options)) throw new TypeError('The server gave no options for a passkey');
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return jsonOf(() => navigator.credentials.get({ publicKey, ...(signal && { signal }) }));
}

/** A new passkey, by the server's options for adding one. */
export async function makePasskey(options: unknown) {
  if (!isCreation(options)) throw new TypeError('The server gave no options for a passkey');
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return jsonOf(() => navigator.credentials.create({ publicKey }));
}

async function jsonOf(ask: () => Promise<Credential | null>) {
  try {
    const credential = await ask();
    if (credential instanceof PublicKeyCredential) return wireOf(credential.toJSON());
    throw new PasskeyRefused();
  } catch (error) {
    if (error instanceof DOMException) throw new PasskeyRefused(error.message);
    throw error;
  }
}

function wireOf({
  id,
  rawId,
  response,
  clientExtensionResults,
}: AuthenticationResponseJSON | RegistrationResponseJSON) {
  return {
    id,
    rawId,
    type: 'public-key' as const,
    response: { ...response },
    clientExtensionResults: { ...clientExtensionResults },
  };
}

function isRequest(options: unknown): options is PublicKeyCredentialRequestOptionsJSON {
  return isRecord(options) && typeof options.challenge === 'string';
}

function isCreation(options: unknown): options is PublicKeyCredentialCreationOptionsJSON {
  return isRecord(options) && typeof options.challenge === 'string' && isRecord(options.user) && isRecord(options.rp);
}
