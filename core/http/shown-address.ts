/** Addresses that somebody else's secrets are in. */
import { hasScope, type Principal } from '../access/principal.ts';

/** Its path and query may hold a secret: who lacks this scope sees where the address leads alone. */
export function shownAddress(principal: Principal, scope: string, address: string): string {
  return hasScope(principal, scope) ? address : `${new URL(address).origin}/****`;
}
