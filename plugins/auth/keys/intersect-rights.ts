/** What two people have in common: a key that one made for the other has no more. */
import { isSuperadmin } from '#core/kit.ts';
import type { Principal } from '#core/plugin.ts';
import type { Role } from '../contract.ts';
import { mayGrant } from './scopes.ts';

const RANKS: readonly Role[] = ['member', 'admin', 'owner'];

/** The lower one of two roles. */
export function roleBelow(one: Role, other: Role): Role {
  return RANKS.indexOf(one) < RANKS.indexOf(other) ? one : other;
}

/**
 * The owner of a key as its maker lets them be, with the scopes that both have; null when the maker is gone, or administers
 * the owner's tenant no longer, or the owner has become a super-admin, of whom only another changes anything.
 */
export function intersectRights(
  owner: Principal,
  maker: Principal | null,
  scopes: readonly string[],
): { person: Principal; scopes: string[] } | null {
  if (!maker) return null;
  const common = scopes.filter((scope) => mayGrant(owner, scope) && mayGrant(maker, scope));
  if (isSuperadmin(maker)) return { person: owner, scopes: common };
  const highest = RANKS.findLast((role) => maker.roles.includes(role)) ?? 'member';
  if (maker.tenantId !== owner.tenantId || highest === 'member' || isSuperadmin(owner)) return null;
  const roles = owner.roles
    .flatMap((role) => RANKS.filter((one) => one === role))
    .map((role) => roleBelow(role, highest));
  return { person: { ...owner, roles }, scopes: common };
}
