/** Mail addresses of our own domains. */
import { domainToASCII } from 'node:url';
import type { OwnAddress } from './contract.ts';

/** Our domains: by name, and `*.` for every name below one. */
export interface OwnDomains {
  names: ReadonlySet<string>;
  parents: readonly string[];
  /** Whether `ada+shop` is ada's mailbox (RFC 5233). */
  plusAddressing: boolean;
}

/** Longest local part and whole address (RFC 5321 §4.5.3.1). */
const MAX_LOCAL = 64;
const MAX_ADDRESS = 254;

/** The address when its domain is one of ours, else null. */
export function ownAddress(given: string, domains: OwnDomains): OwnAddress | null {
  const at = given.lastIndexOf('@');
  const local = given.slice(0, at).toLowerCase();
  const domain = asciiDomain(given.slice(at + 1));
  if (at < 1 || local.length > MAX_LOCAL || given.length > MAX_ADDRESS || !isOwnDomain(domain, domains)) return null;
  if (/[\s\x00-\x1f\x7f<>"\\]/.test(local)) return null;
  const plus = domains.plusAddressing ? local.indexOf('+') : -1;
  if (plus < 1) return { address: `${local}@${domain}`, domain };
  return { address: `${local.slice(0, plus)}@${domain}`, domain, recipient: `${local}@${domain}` };
}

function isOwnDomain(domain: string, { names, parents }: OwnDomains): boolean {
  return names.has(domain) || (domain !== '' && parents.some((parent) => domain.endsWith(parent)));
}

/** Splits what the configuration lists: `example.com`, `*.example.com`. */
export function ownDomains(listed: readonly string[], plusAddressing: boolean): OwnDomains {
  const wildcards = listed.filter((domain) => domain.startsWith('*.'));
  return {
    names: new Set(listed.filter((domain) => !domain.startsWith('*.')).map(asciiDomain)),
    parents: wildcards.map((domain) => `.${asciiDomain(domain.slice(2))}`),
    plusAddressing,
  };
}

/** Internationalised domains (RFC 5890) are compared in their ASCII form. */
export function asciiDomain(domain: string): string {
  return domainToASCII(domain.toLowerCase());
}

/** A plain address as a person types it: one line, one `@`, a host name. */
export function isMailAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1 || at > MAX_LOCAL || text.length > MAX_ADDRESS || /[\s\x00-\x1f\x7f<>"\\,;:()[\]]/.test(text))
    return false;
  return /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(
    asciiDomain(text.slice(at + 1)),
  );
}
