/** What somebody owes whose subscription ends in its grace: the days that were used and nobody has paid for. Pure. */

import { GRACE_MS } from './subscription-state.ts';
import type { SubscriptionRow } from './tables.ts';

/** In the minor unit. Of subscriptions that a provider runs nothing: it asks for its money itself. */
export function owedFor(row: SubscriptionRow, now: number): number {
  if (row.provider_ref !== null || row.price === 0) return 0;
  const length = Number(row.period_end) - Number(row.period_start);
  const since = unpaidSince(row, now);
  if (since === null || length <= 0) return 0;
  const used = Math.min(now - since, GRACE_MS);
  const worth = row.status === 'past_due' ? Number(row.period_worth ?? row.price) : row.price;
  return Math.round((worth * Math.max(0, used)) / length);
}

function unpaidSince(row: SubscriptionRow, now: number): number | null {
  if (row.status === 'past_due') return Number(row.past_due_since ?? row.period_end);
  // Its period is over, and the invoice of the next one has not been made yet.
  const isOver = row.status === 'active' && !row.cancel_at_period_end && row.period_end <= now;
  return isOver ? Number(row.period_end) : null;
}
