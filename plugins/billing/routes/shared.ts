/** Schemas and small steps that several of billing's routes use. */
import Type from 'typebox';
import type { Principal } from '#core/plugin.ts';
import { billingErrors } from '../errors.ts';
import type { BillingScope } from '../scope.ts';
import type { Origin } from '../services/plans.ts';
import { CycleSchema } from '../views/shared.ts';
import { type SubscriptionView, subscriptionView } from '../views/subscriptions.ts';

/** Members see, owners and admins decide. */
export const MANAGE = { scope: 'billing:manage', roles: ['owner', 'admin'] };
export const READ = { scope: 'billing:read' };
export const USAGE = { scope: 'usage:read' };
/** Members do not use up what all of them share. */
export const COUNT = { scope: 'usage:manage', roles: ['owner', 'admin'] };

export const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
export const PlanId = Type.String({ minLength: 1, maxLength: 64 });
export const CouponCode = Type.String({ minLength: 1, maxLength: 64 });

export const CheckoutBody = {
  plan_id: PlanId,
  billing_cycle: Type.Optional(CycleSchema),
  coupon: Type.Optional(CouponCode),
};
export const CheckoutAnswer = Type.Object(
  { checkout_url: Type.String(), session_id: Type.String() },
  { examples: [{ checkout_url: 'https://checkout.stripe.com/c/pay/cs_live_...', session_id: 'cs_live_...' }] },
);

export function wishOf(body: { plan_id: string; billing_cycle?: 'monthly' | 'yearly'; coupon?: string }) {
  const { plan_id: planId, billing_cycle: cycle = 'monthly' as const, coupon } = body;
  return { planId, cycle, ...(coupon !== undefined && { coupon }) };
}

/** Throws `tenant_not_found`. */
export async function mustExist({ tenantByUuid }: BillingScope['people'], tenantId: string): Promise<void> {
  if (!(await tenantByUuid(tenantId))) throw billingErrors.tenant_not_found();
}

/** What lists over all tenants say beside `tenant_id`. */
export const TenantName = { tenant_name: Type.Union([Type.String(), Type.Null()], { description: 'Null: erased' }) };

export async function withTenantNames<Item extends { tenant_id: string }>(
  items: readonly Item[],
  { directory }: Pick<BillingScope, 'directory'>,
): Promise<(Item & { tenant_name: string | null })[]> {
  const names = await directory.tenantNames(items.map(({ tenant_id }) => tenant_id));
  return items.map((item) => ({ ...item, tenant_name: names.get(item.tenant_id) ?? null }));
}

/** Throws `no_tenant` for the root token, which is nobody's. */
export function tenantOf({ tenantId }: Principal): string {
  if (tenantId === null) throw billingErrors.no_tenant();
  return tenantId;
}

export function originOf({ ip, userAgent }: Origin): Origin {
  return { ip, userAgent };
}

export async function subscriptionOf(
  tenantId: string,
  { entitlements, usageFigures, clock }: BillingScope,
): Promise<SubscriptionView> {
  const [entitlement, used] = await Promise.all([entitlements.fresh(tenantId), usageFigures.current(tenantId)]);
  return subscriptionView(entitlement, used, clock.now());
}
