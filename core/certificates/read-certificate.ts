/** What a certificate says of itself, and whether a key is its own. */
import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';

export interface KeyPair {
  /** The certificate and those between it and its authority, in PEM. */
  cert: string;
  key: string;
}

export interface CertificateFacts {
  names: string[];
  issuer: string;
  beginsAt: number;
  endsAt: number;
}

/** A certificate that servers can use. */
export interface UsableCertificate extends KeyPair, CertificateFacts {
  context: SecureContext;
}

/** Throws when it is no certificate, or the key is that of another one. */
export function usable({ cert, key }: KeyPair): UsableCertificate {
  const context = createSecureContext({ cert, key });
  return { cert, key, context, ...factsOf(cert) };
}

function factsOf(cert: string): CertificateFacts {
  const read = new X509Certificate(cert);
  return {
    names: namesOf(read),
    issuer: wordsOf(read.issuer),
    beginsAt: Date.parse(read.validFrom),
    endsAt: Date.parse(read.validTo),
  };
}

/** Those of the subjectAltName; names in quotes hold characters that no host name has. */
function namesOf({ subjectAltName, subject }: X509Certificate): string[] {
  const names = (subjectAltName ?? '')
    .split(', ')
    .flatMap((entry) => /^(?:DNS|IP Address):([^"]+)$/.exec(entry)?.[1] ?? [])
    .map((name) => name.toLowerCase());
  if (names.length > 0) return names;
  return /^CN=(.+)$/m.exec(subject)?.slice(1) ?? [];
}

/** `O=Let's Encrypt\nCN=R11` as people write it. */
function wordsOf(distinguished: string): string {
  const part = (name: string): string | undefined => new RegExp(`^${name}=(.+)$`, 'm').exec(distinguished)?.[1];
  const organisation = part('O');
  const name = part('CN');
  if (!organisation || !name) return organisation ?? name ?? '';
  return name.includes(organisation) ? name : `${organisation} (${name})`;
}

/** Whether a name in a certificate stands for a host: itself, or `*.` for one label (RFC 6125 §6.4.3). */
export function covers(name: string, host: string): boolean {
  if (name === host) return true;
  if (!name.startsWith('*.')) return false;
  // A label has no other characters; a header may have any, and with `x/.` before it the name would be the path of another host.
  const [, rest] = /^[\w-]+\.(.+)$/.exec(host) ?? [];
  return rest === name.slice(2);
}
