/**
 * The states of a subscription and the moves between them: by whom, and inside which transaction. The store asks this table
 * with each change that it writes, so that no state is entered by a door that does not stand here. Pure.
 */
import type { SubscriptionStatus } from '../contract.ts';

/** `none`: the tenant has never had one. */
export type StatusBefore = SubscriptionStatus | 'none';

interface Move {
  from: readonly StatusBefore[];
  /** `same`: what changes is something else, its credit or what follows at the period's end. */
  to: readonly SubscriptionStatus[] | 'same';
  by: 'tenant' | 'operator' | 'provider' | 'time' | 'anybody';
  /** What else is written in the same transaction. */
  within: string;
}

const RUNNING = ['trialing', 'active', 'past_due'] as const satisfies SubscriptionStatus[];
const KNOWN = [...RUNNING, 'canceled'] as const satisfies SubscriptionStatus[];
const ANY = ['none', ...KNOWN] as const satisfies StatusBefore[];

export const SUBSCRIPTION_MOVES = {
  try: { from: ['none'], to: ['trialing'], by: 'tenant', within: 'the checkout that begins' },
  // Also of one whose grace or trial is over and that no scheduled work has ended yet.
  pay: { from: ANY, to: ['active'], by: 'anybody', within: 'the checkout that is completed, and its invoice' },
  change: { from: KNOWN, to: ['active'], by: 'tenant', within: 'the document about its credit' },
  chooseFree: { from: ANY, to: ['active'], by: 'tenant', within: 'nothing else' },
  cancel: {
    from: KNOWN,
    to: ['canceled'],
    by: 'tenant',
    within: 'the end of open invoices, and the document about credit',
  },
  grant: { from: ANY, to: ['active'], by: 'operator', within: 'the end of open invoices, and the audit log' },
  settle: {
    from: ['past_due'],
    to: ['active'],
    by: 'operator',
    within: 'the payment of its invoice, and the audit log',
  },
  renew: { from: ['active'], to: ['active', 'past_due'], by: 'time', within: 'the next invoice' },
  lapse: { from: RUNNING, to: ['canceled'], by: 'time', within: 'the end of open invoices' },
  takeBack: {
    from: ['active', 'past_due', 'canceled'],
    to: RUNNING,
    by: 'time',
    within: 'the invoices and coupons that went along',
  },
  follow: { from: KNOWN, to: KNOWN, by: 'provider', within: 'the event that tells of it' },
  begin: { from: ['none'], to: RUNNING, by: 'provider', within: 'the event that tells of it' },
  lose: { from: KNOWN, to: ['canceled'], by: 'provider', within: 'nothing else' },
  keep: { from: KNOWN, to: 'same', by: 'anybody', within: 'what it is changed for' },
} as const satisfies Record<string, Move>;

export type SubscriptionMove = keyof typeof SUBSCRIPTION_MOVES;

export function mayMove(move: SubscriptionMove, before: StatusBefore, after: SubscriptionStatus): boolean {
  const { from, to }: Move = SUBSCRIPTION_MOVES[move];
  return from.includes(before) && (to === 'same' ? before === after : to.includes(after));
}

/** What is told of a move, whichever it is, when something changed that is shown. */
export function eventOfMove(before: StatusBefore, after: SubscriptionStatus) {
  const wasRunning = before !== 'none' && before !== 'canceled';
  if (after === 'canceled' && wasRunning) return 'subscription.canceled';
  return wasRunning || before === after ? 'subscription.updated' : 'subscription.created';
}
