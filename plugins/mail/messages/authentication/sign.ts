/** DKIM signatures (RFC 6376) and ARC sets (RFC 8617) for what leaves. Runs in a thread. */

import type { Resolve } from '../workers/resolve.ts';
import { loadMailauth } from './mailauth.ts';

export interface SignWish {
  raw: Uint8Array;
  domain: string;
  selector: string;
  /** PEM. */
  privateKey: string;
  /** Milliseconds since the epoch. */
  signTime: number;
}

export interface SealWish extends SignWish {
  /** What was found when the message came in, for ARC-Authentication-Results. */
  authResults: string;
}

/** The header fields to put in front. Throws when the message could not be signed. */
export async function signMessage({ raw, domain, selector, privateKey, signTime }: SignWish): Promise<string> {
  const { dkimSign } = await loadMailauth();
  const signature = { signingDomain: domain, selector, privateKey, signTime: new Date(signTime) };
  const signed = await dkimSign(Buffer.from(raw), { ...signature, signatureData: [signature] });
  const [failure] = signed.errors;
  if (failure) throw failure.err;
  return signed.signatures;
}

/** The ARC set to put in front. */
export async function sealMessage(
  { raw, domain, selector, privateKey, signTime, authResults }: SealWish,
  resolve: Resolve,
): Promise<Uint8Array> {
  const { authenticate, sealMessage: seal } = await loadMailauth();
  const message = Buffer.from(raw);
  const wish = { disableDmarc: true, disableBimi: true, trustReceived: true, resolver: resolve };
  const chain = await authenticate(message, wish);
  const status = chain.arc ? chain.arc.status?.result : 'none';
  return seal(message, {
    signingDomain: domain,
    selector,
    privateKey,
    authResults,
    cv: status === 'pass' || status === 'fail' ? status : 'none',
    signTime: new Date(signTime),
  });
}
