/** How its own subscription looks to a tenant, and what another plan would cost it. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import type { PlanRow } from '../../contract.ts';
import { majorUnits } from '../../money.ts';
import { PlanView, planView } from '../../plans/views.ts';
import { CycleSchema, SUBSCRIPTION_STATUSES } from '../../views.ts';
import type { CurrentPlan } from '../current-plans.ts';
import type { Quote } from '../quotes.ts';

const PlanOrNull = Type.Union([PlanView, Type.Null()]);

export const OwnSubscriptionView = Type.Object({
  plan: PlanView,
  status: Type.Enum([...SUBSCRIPTION_STATUSES]),
  subscription: Type.Union(
    [
      Type.Object({
        billing_cycle: CycleSchema,
        price: Type.Number({ description: 'What was agreed, for each period' }),
        currency: Type.String(),
        credit: Type.Number(),
        provider: Type.String(),
        period_start: Type.String(),
        period_end: Type.String(),
        trial_end: Type.Union([Type.String(), Type.Null()]),
        cancel_at_period_end: Type.Boolean(),
        next_plan: PlanOrNull,
        next_cycle: Type.Union([CycleSchema, Type.Null()]),
        instructions: Type.Union([Type.String(), Type.Null()], { description: 'How to pay an open invoice, by hand' }),
      }),
      Type.Null(),
    ],
    { description: 'Null for who has never bought anything' },
  ),
});

export function ownSubscriptionView(
  { plan, status, subscription: row }: CurrentPlan,
  next: PlanRow | null,
  instructions: string,
): Static<typeof OwnSubscriptionView> {
  return {
    plan: planView(plan),
    status,
    subscription: row && {
      billing_cycle: row.billing_cycle,
      price: majorUnits(row.price, row.currency),
      currency: row.currency,
      credit: majorUnits(row.credit, row.currency),
      provider: row.provider,
      period_start: isoSeconds(row.period_start),
      period_end: isoSeconds(row.period_end),
      trial_end: isoSeconds(row.trial_end),
      cancel_at_period_end: row.cancel_at_period_end === 1,
      next_plan: next && planView(next),
      next_cycle: row.next_cycle,
      instructions: row.provider === 'manual' ? instructions : null,
    },
  };
}

export const QuoteView = Type.Object({
  currency: Type.String(),
  lines: Type.Array(Type.Object({ description: Type.String(), amount: Type.Number() })),
  subtotal: Type.Number(),
  discount: Type.Number(),
  credit: Type.Number({ description: 'What is taken from it' }),
  total: Type.Number({ description: 'What is paid now' }),
  credit_left: Type.Number(),
  keeps_period: Type.Boolean({ description: 'The period continues, and only the difference is paid' }),
  trial_days: Type.Integer(),
});

export function quoteView({ currency }: PlanRow, quote: Quote, trialDays: number): Static<typeof QuoteView> {
  const money = (minor: number) => majorUnits(minor, currency);
  return {
    currency,
    lines: quote.lines.map(({ description, amount }) => ({ description, amount: money(amount) })),
    subtotal: money(quote.subtotal),
    discount: money(quote.discount),
    credit: money(quote.credit),
    total: money(quote.total),
    credit_left: money(quote.creditLeft),
    keeps_period: quote.keepsPeriod,
    trial_days: trialDays,
  };
}
