/** A code and the id of its device are the password of a robot: who may only read sees enough to recognise them by. */
import { hasScope, type Principal } from '#core/http/principal.ts';

/** Shorter ones would be told by their ends. */
const SHORTEST_WITH_ENDS = 8;

export function maySeeCredentials(principal: Principal): boolean {
  return hasScope(principal, 'robots:manage');
}

export function shortened(credential: string): string {
  if (credential.length < SHORTEST_WITH_ENDS) return '****';
  return `${credential.slice(0, 2)}****${credential.slice(-2)}`;
}

/** The credential as this principal sees it. */
export function shownTo(principal: Principal, credential: string): string;
export function shownTo(principal: Principal, credential: string | null): string | null;
export function shownTo(principal: Principal, credential: string | null): string | null {
  return credential === null || maySeeCredentials(principal) ? credential : shortened(credential);
}

/** Addresses have secrets in their path and their query: who may only read sees where they lead. */
export function addressTo(principal: Principal, address: string | null): string | null {
  return address === null || maySeeCredentials(principal) ? address : `${new URL(address).origin}/****`;
}
