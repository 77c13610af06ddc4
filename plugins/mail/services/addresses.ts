/** Mail addresses of our own domains. */
import { domainToASCII } from 'node:url';

export interface OwnAddress {
  /** Lower-case, the domain in ASCII. */
  address: string;
  domain: string;
}

/** Longest local part and whole address (RFC 5321 §4.5.3.1). */
const MAX_LOCAL = 64;
const MAX_ADDRESS = 254;

/** The address when its domain is one of ours, else null. */
export function ownAddress(given: string, domains: ReadonlySet<string>): OwnAddress | null {
  const at = given.lastIndexOf('@');
  const local = given.slice(0, at).toLowerCase();
  const domain = asciiDomain(given.slice(at + 1));
  if (at < 1 || local.length > MAX_LOCAL || given.length > MAX_ADDRESS || !domains.has(domain)) return null;
  if (/[\s\x00-\x1f\x7f<>"\\]/.test(local)) return null;
  return { address: `${local}@${domain}`, domain };
}

/** Internationalised domains (RFC 5890) are compared in their ASCII form. */
export function asciiDomain(domain: string): string {
  return domainToASCII(domain.toLowerCase());
}
