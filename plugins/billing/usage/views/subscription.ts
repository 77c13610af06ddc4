/** How a subscription looks on the wire, with its limits and what is used of them. */
import { isoSeconds } from '#core/kit.ts';
import { nextMonthStart } from '../../calendar.ts';
import { DOCUMENTED_METERS, limitNameOf, limitOf, usageNameOf } from '../../meters.ts';
import type { SubscriptionView } from '../../subscription-answer.ts';
import type { Entitlement } from '../entitlements.ts';
import type { UsageScope } from '../services.ts';

const LIMIT_NAMES = DOCUMENTED_METERS.map(limitNameOf);

function subscriptionView(
  { plan, subscription, status, limits }: Entitlement,
  used: Readonly<Record<string, number>>,
  now: number,
): SubscriptionView {
  const isRunning = subscription !== null && status !== 'canceled';
  // Who pays nothing has no period but the month that is counted.
  const end = isRunning ? Math.max(Number(subscription.period_end), now) : nextMonthStart(now);
  const shown = Object.fromEntries(LIMIT_NAMES.map((name) => [name, limitOf(limits, name)]));
  const usage = Object.fromEntries(DOCUMENTED_METERS.map((meter) => [usageNameOf(meter), used[meter.name] ?? 0]));
  return {
    plan_id: plan.plan_id,
    display_name: plan.display_name,
    status,
    billing_cycle: subscription?.billing_cycle ?? 'monthly',
    current_period_end: isoSeconds(end),
    limits: shown as SubscriptionView['limits'],
    usage: usage as SubscriptionView['usage'],
  };
}

export async function subscriptionOf(
  tenantId: string,
  { entitlements, usageFigures, clock }: Pick<UsageScope, 'entitlements' | 'usageFigures' | 'clock'>,
): Promise<SubscriptionView> {
  const [entitlement, used] = await Promise.all([entitlements.fresh(tenantId), usageFigures.current(tenantId)]);
  return subscriptionView(entitlement, used, clock.now());
}
