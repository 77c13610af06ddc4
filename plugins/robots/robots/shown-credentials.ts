/** A code and the id of its device are the password of a robot: who may only read sees enough to recognise them by. */
import { hasScope, shownAddress } from '#core/kit.ts';
import type { Principal } from '#core/plugin.ts';

const MANAGE = 'robots:manage';
/** Shorter ones would be told by their ends. */
const SHORTEST_WITH_ENDS = 8;

export function maySeeCredentials(principal: Principal): boolean {
  return hasScope(principal, MANAGE);
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

export function addressTo(principal: Principal, address: string | null): string | null {
  return address === null ? null : shownAddress(principal, MANAGE, address);
}
