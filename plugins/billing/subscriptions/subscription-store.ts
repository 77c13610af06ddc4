/** The one row that a tenant's subscription is: locking it, changing it, saying so. Table: billing_subscriptions. */
import { v7 as uuidv7 } from 'uuid';
import { isoSeconds } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { SubscriptionEvent } from '../contract.ts';
import type { EntitlementChanges } from '../entitlement-changes.ts';
import type { Plans } from '../plans/plans.ts';
import { lockTenant } from '../tenant-lock.ts';
import type { SubscriptionRow } from './tables.ts';
import { eventOfMove, mayMove, type SubscriptionMove } from './transitions.ts';

export type NewSubscription = Omit<SubscriptionRow, 'id' | 'uuid' | 'created_at' | 'updated_at' | 'moved_at' | 'moves'>;

export interface SubscriptionStore {
  /** The row, held until the transaction ends; also when there is none yet, nobody else can make one meanwhile. */
  locked(trx: Transaction, tenantId: string): Promise<SubscriptionRow | undefined>;
  /** Stores the new state over `before` by a move of the table, and emits what changed. Throws for one that it does not have. Credit in the currency before waits until that comes back. */
  save(
    trx: Transaction,
    before: SubscriptionRow | undefined,
    state: NewSubscription,
    move: SubscriptionMove,
  ): Promise<SubscriptionRow>;
  /** Adds to the credit; in another currency than the subscription's it waits until that is the subscription's. */
  credit(trx: Transaction, row: SubscriptionRow, amount: number, currency: string): Promise<SubscriptionRow>;
}

export function createSubscriptionStore({
  db,
  clock,
  events,
  plans,
  entitlementChanges,
}: Services & { plans: Plans; entitlementChanges: EntitlementChanges }): SubscriptionStore {
  return { locked, save, credit };

  async function locked(trx: Transaction, tenantId: string): Promise<SubscriptionRow | undefined> {
    await lockTenant(db, trx, tenantId);
    return trx('billing_subscriptions').where({ tenant_id: tenantId }).first();
  }

  async function save(
    trx: Transaction,
    before: SubscriptionRow | undefined,
    state: NewSubscription,
    move: SubscriptionMove,
  ): Promise<SubscriptionRow> {
    const from = before?.status ?? 'none';
    if (!mayMove(move, from, state.status))
      throw new Error(`A subscription does not go from ${from} to ${state.status} by '${move}'`);
    const next = before && before.currency !== state.currency ? await inItsCurrency(trx, before, state) : state;
    const now = clock.now();
    const table = trx('billing_subscriptions');
    const written = before
      ? table.where({ id: before.id }).update({ ...columnsOf(next), updated_at: now })
      : table.insert({ ...columnsOf(next), uuid: uuidv7(), created_at: now, updated_at: now });
    const [row] = await written.returning('*');
    if (!row) throw new Error('The subscription was not stored');
    await announce(trx, before, row);
    await entitlementChanges.announce(trx, row.tenant_id);
    return row;
  }

  async function credit(trx: Transaction, row: SubscriptionRow, amount: number, currency: string) {
    if (currency === row.currency) return save(trx, row, { ...row, credit: Number(row.credit) + amount }, 'keep');
    await setAside(trx, row.tenant_id, currency, amount);
    return row;
  }

  async function inItsCurrency(trx: Transaction, before: SubscriptionRow, state: NewSubscription) {
    const { tenant_id } = before;
    if (Number(before.credit) !== 0) await setAside(trx, tenant_id, before.currency, Number(before.credit));
    const waiting = () => trx('billing_set_aside').where({ tenant_id, currency: state.currency });
    const back = await waiting().first('amount');
    if (back) await waiting().delete();
    return { ...state, credit: Number(state.credit) + Number(back?.amount ?? 0) };
  }

  async function setAside(trx: Transaction, tenant_id: string, currency: string, amount: number): Promise<void> {
    await trx('billing_set_aside')
      .insert({ tenant_id, currency, amount })
      .onConflict(['tenant_id', 'currency'])
      .merge({ amount: trx.raw('billing_set_aside.amount + ?', [amount]) });
  }

  async function announce(trx: Transaction, before: SubscriptionRow | undefined, row: SubscriptionRow): Promise<void> {
    const plan = await plans.byKey(row.plan, trx);
    const data: SubscriptionEvent = {
      tenant_id: row.tenant_id,
      plan_id: plan.plan_id,
      status: row.status,
      billing_cycle: row.billing_cycle,
      current_period_end: isoSeconds(Number(row.period_end)),
    };
    const about = { tenantId: row.tenant_id, subject: row.uuid };
    if (before && !SHOWN.some((name) => before[name] !== row[name])) return;
    await events.emit(trx, eventOfMove(before?.status ?? 'none', row.status), data, about);
    if (!before || before.plan === row.plan) return;
    const old = await plans.byKey(before.plan, trx);
    const { billing_cycle, tenant_id } = row;
    await events.emit(trx, 'plan.changed', { tenant_id, from: old.plan_id, to: plan.plan_id, billing_cycle }, about);
  }
}

/** A change of anything else, as of the time when the provider was asked, is nobody's news. */
const SHOWN = [
  ...(['plan', 'status', 'billing_cycle', 'price', 'period_end'] as const),
  ...(['cancel_at_period_end', 'next_plan', 'next_cycle', 'provider_ref', 'credit'] as const),
];

/** A full row can be given as a state; its own keys stay what they are. */
function columnsOf(state: NewSubscription): NewSubscription {
  const { id, uuid, created_at, updated_at, moved_at, moves, ...columns } = state as Partial<SubscriptionRow> &
    NewSubscription;
  return columns;
}
