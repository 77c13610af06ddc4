/**
 * Whether a tenant has anything to do with plans. Who runs the server for themselves is on one that nobody sells and that limits nothing:
 * pages about it would offer them their own prices. What they use they see all the same.
 */
import type { Principal } from '#core/plugin.ts';
import { UNLIMITED } from './meters.ts';
import type { BillingScope } from './scope.ts';

/** It has bought or was given one, something limits it, or what it has is one of those for sale. */
export async function hasPlan({ tenantId }: Principal, { entitlements }: BillingScope): Promise<boolean> {
  if (tenantId === null) return false;
  const { plan, subscription, limits } = await entitlements.of(tenantId);
  const isLimited = Object.values(limits).some((limit) => limit !== UNLIMITED);
  return subscription !== null || isLimited || Number(plan.is_public) === 1;
}

/** And there is one to choose. */
export async function hasPlanToChoose(principal: Principal, scope: BillingScope): Promise<boolean> {
  if (principal.tenantId === null || !(await hasPlan(principal, scope))) return false;
  return (await scope.entitlements.of(principal.tenantId)).isSelling;
}
