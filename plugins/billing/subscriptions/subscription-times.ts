/** What time does to subscriptions: trials end, periods renew, grace runs out. Run by cron; catching up is the same thing. */
import { CLOCK_TOLERANCE_MS, forEachIsolated, refuseFailures } from '#core/kit.ts';
import type { Principal, Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { Origin } from '../access.ts';
import { monthsOf, periodEnd } from '../calendar.ts';
import type { EntitlementChanges } from '../entitlement-changes.ts';
import type { ErasedTenants } from '../erased-tenants.ts';
import { billingErrors } from '../errors.ts';
import type { Coupons } from '../payments/coupons.ts';
import { type Customer, customerIfAny } from '../payments/customers.ts';
import type { Invoices } from '../payments/invoices.ts';
import type { PaymentProviders } from '../payments/providers.ts';
import type { InvoiceRow } from '../payments/tables.ts';
import { type Plans, priceOf } from '../plans/plans.ts';
import { canceledState } from './canceled-state.ts';
import { owedFor } from './owed.ts';
import type { ProviderStates } from './provider-states.ts';
import { renewalQuote } from './quotes.ts';
import { GRACE_MS, type SubscriptionState, stateAt } from './subscription-state.ts';
import type { SubscriptionStore } from './subscription-store.ts';
import type { SubscriptionRow } from './tables.ts';
import type { AlongWith, TimeMoves } from './time-moves.ts';

export interface SubscriptionTimes {
  /**
   * Brings all that are due up to date, so many looked up at once and each tenant alone; gives how many. Throws at the end
   * when some could not be.
   */
  advanceSome(limit: number): Promise<number>;
  /** An open invoice was paid, says an administrator; one that was given up becomes credit. Again is no error. Throws `invoice_not_found`, `invoice_closed`. */
  confirmInvoice(actor: Principal, number: string, origin: Origin): Promise<InvoiceRow>;
  /** Asks providers for some whose state may be stale, also of what has ended here; gives how many. Throws as above. */
  reconcileSome(limit: number): Promise<number>;
  /** Asks the provider of one tenant's subscription, if it has one. */
  askFor(tenantId: string): Promise<void>;
}

/** What was not heard of for so long is asked for. */
const STALE_MS = 24 * 3600_000;

export function createSubscriptionTimes(
  services: Services &
    AuthServices & {
      plans: Plans;
      coupons: Coupons;
      invoices: Invoices;
      entitlementChanges: EntitlementChanges;
      paymentProviders: PaymentProviders;
      providerStates: ProviderStates;
      subscriptionStore: SubscriptionStore;
      timeMoves: TimeMoves;
      erasedTenants: ErasedTenants;
    },
): SubscriptionTimes {
  const { db, clock, log, plans, coupons, invoices, entitlementChanges, paymentProviders, providerStates, auditLog } =
    services;
  const { subscriptionStore: store, timeMoves, erasedTenants, people } = services;

  return { advanceSome, confirmInvoice, reconcileSome, askFor };

  async function advanceSome(size: number): Promise<number> {
    await takeBackEarly(size);
    const outcome = await forEachIsolated<DueRow>({
      size,
      log,
      failure: 'A subscription could not be brought up to date',
      next: (after, most) => due(after?.id ?? 0, most),
      work: ({ tenant_id }) => advanceOne(tenant_id),
    });
    refuseFailures('Bringing subscriptions up to date', outcome);
    return outcome.done;
  }

  /** What a clock that was ahead has renewed or ended. */
  async function takeBackEarly(size: number): Promise<void> {
    const outcome = await forEachIsolated<DueRow>({
      size,
      log,
      failure: 'What a wrong clock did to a subscription could not be taken back',
      next: (after, most) => timeMoves.early(after?.id ?? 0, most),
      work: ({ tenant_id }) => db.transaction((trx) => timeMoves.takeBack(trx, tenant_id)),
    });
    refuseFailures('Taking back what a wrong clock did', outcome);
  }

  async function due(after: number, most: number): Promise<DueRow[]> {
    const now = clock.now();
    return (
      db
        .write('billing_subscriptions')
        // As an expression: by its index of ids SQLite would read all that are not over.
        .whereRaw('id + 0 > ?', [after])
        .whereNot({ status: 'canceled' })
        .where((any) =>
          any
            .where((ours) =>
              ours.whereNull('provider_ref').whereIn('status', ['active', 'trialing']).where('period_end', '<=', now),
            )
            .orWhere((ending) =>
              ending.where({ cancel_at_period_end: 1 }).whereNot({ status: 'past_due' }).where('period_end', '<=', now),
            )
            .orWhere((late) => late.where({ status: 'past_due' }).where('past_due_since', '<=', now - GRACE_MS)),
        )
        .orderBy('id')
        .limit(most)
        .select('id', 'tenant_id')
    );
  }

  async function advanceOne(tenantId: string): Promise<void> {
    const customer = await customerIfAny(services, tenantId);
    // What was left over by an erasure that did not reach this.
    if (!customer) return erasedTenants.erase(tenantId, clock.now());
    await db.transaction((trx) => advance(trx, tenantId, customer));
  }

  async function advance(trx: Transaction, tenantId: string, customer: Customer): Promise<void> {
    const now = clock.now();
    const row = await store.locked(trx, tenantId);
    if (!row || row.status === 'canceled') return;
    const isRenewal =
      row.provider_ref === null && row.status === 'active' && !row.cancel_at_period_end && row.period_end <= now;
    if (isRenewal) return renew(trx, row, customer);
    const current = stateAt(row, now);
    if (current.status === 'canceled') await fall(trx, row, current);
  }

  async function fall(trx: Transaction, row: SubscriptionRow, current: SubscriptionState): Promise<void> {
    const follower = current.plan === null ? await plans.fallback(trx) : await plans.byKey(current.plan, trx);
    // Of a period that nobody was asked to pay, after a long outage, nothing is owed.
    const owed = row.status === 'past_due' ? owedFor(row, clock.now()) : 0;
    const state = canceledState(row, follower, clock.now());
    const moved = await timeMoves.save(trx, row, { ...state, credit: Number(row.credit) - owed }, 'lapse');
    const closed = await invoices.closeOpen(trx, row.tenant_id, 'uncollectible');
    if (closed.length > 0) await timeMoves.note(trx, moved, { closed });
  }

  /** The next period, with an open invoice; what costs nothing just goes on. */
  async function renew(trx: Transaction, row: SubscriptionRow, customer: Customer): Promise<void> {
    const now = clock.now();
    const plan = await plans.byKey(row.next_plan ?? row.plan, trx);
    const cycle = row.next_cycle ?? row.billing_cycle;
    const price = row.next_plan === null ? Number(row.price) : priceOf(plan, cycle);
    const anchor_at = cycle === row.billing_cycle ? Number(row.anchor_at) : Number(row.period_end);
    const period = { start: Number(row.period_end), end: periodEnd(anchor_at, cycle, Number(row.period_end)) };
    const hasCoupon = row.coupon !== null && row.coupon_periods !== 0;
    const coupon = hasCoupon
      ? ((await trx('billing_coupons')
          .where({ id: row.coupon ?? 0 })
          .first()) ?? null)
      : null;
    // A plan that waited for the period's end may have got another currency: nothing of the old one counts in it.
    const currency = row.next_plan === null ? row.currency : plan.currency;
    const credit = currency === row.currency ? Number(row.credit) : 0;
    const isGood = coupon !== null && (coupon.amount_off === null || coupon.currency === currency);
    const quote = renewalQuote(`${plan.display_name} (${cycle})`, price, isGood ? coupon : null, credit);
    const isPaid = quote.total === 0;
    // After a long outage its grace is over before anybody was asked: it has counted as ended since, and stays so.
    const current = stateAt(row, now);
    if (!isPaid && current.status === 'canceled') return fall(trx, row, current);
    const along: AlongWith = {};
    if (hasCoupon && row.coupon !== null) {
      along.coupon = { id: row.coupon, months: monthsOf(cycle) };
      await coupons.countRenewal(trx, row.coupon, row.tenant_id, along.coupon.months);
    }
    const moved = await timeMoves.save(
      trx,
      row,
      {
        ...row,
        plan: plan.id,
        billing_cycle: cycle,
        price,
        currency,
        anchor_at,
        period_start: period.start,
        period_end: period.end,
        next_plan: null,
        next_cycle: null,
        status: isPaid ? 'active' : 'past_due',
        // Grace begins with the end of the period, whenever this runs.
        past_due_since: isPaid ? null : period.start,
        coupon_periods: row.coupon_periods === null ? null : Math.max(0, row.coupon_periods - 1),
        credit: quote.creditLeft,
        period_worth: price - quote.discount,
      },
      'renew',
    );
    if (price > 0) along.issued = await issueFor(trx, row, { customer, currency, isPaid, period, quote });
    await timeMoves.note(trx, moved, along);
  }

  async function issueFor(
    trx: Transaction,
    row: SubscriptionRow,
    { customer, currency, isPaid, period, quote }: Renewal,
  ): Promise<number> {
    const { lines, subtotal, discount, total } = quote;
    const { id } = await invoices.issue(trx, {
      tenantId: row.tenant_id,
      customer,
      provider: row.provider,
      status: isPaid ? 'paid' : 'open',
      currency,
      dueAt: period.start + GRACE_MS,
      period,
      lines,
      subtotal,
      discount,
      credit: quote.credit,
      total,
    });
    return id;
  }

  async function confirmInvoice(actor: Principal, number: string, origin: Origin): Promise<InvoiceRow> {
    const { tenant_id: tenantId } = await invoices.find(null, number);
    return db.transaction(async (trx) => {
      const row = await store.locked(trx, tenantId);
      const invoice = await trx('billing_invoices').where({ number }).forUpdate().first();
      if (!invoice) throw billingErrors.invoice_not_found();
      if (invoice.status === 'paid') return invoice;
      const mayBePaid = invoice.status === 'open' || (invoice.status === 'uncollectible' && row !== undefined);
      if (!mayBePaid || invoice.provider_ref !== null) throw billingErrors.invoice_closed();
      await invoices.markPaid(trx, invoice);
      // What came too late for its period is credit, against what is owed for the days that were used of it.
      if (invoice.status === 'uncollectible' && row) {
        await store.credit(trx, row, Number(invoice.total), invoice.currency);
      } else if (row?.status === 'past_due') {
        await store.save(trx, row, { ...row, status: 'active', past_due_since: null }, 'settle');
      }
      const about = { tenantId, targetType: 'invoice', targetId: number };
      await auditLog.record({ action: 'invoice.confirmed', actor, ...about, ...origin }, trx);
      await entitlementChanges.announce(trx, tenantId);
      return { ...invoice, status: 'paid', paid_at: clock.now() };
    });
  }

  async function askFor(tenantId: string): Promise<void> {
    const row = await db.write('billing_subscriptions').where({ tenant_id: tenantId }).first();
    if (!row?.provider_ref) return;
    // Left over by an erasure that did not reach this.
    if (!(await people.tenantByUuid(tenantId))) return erasedTenants.erase(tenantId, clock.now());
    const state = await paymentProviders.named(row.provider).fetchSubscription(row.provider_ref);
    if (state) await providerStates.apply(row.provider, { ...state, tenantId });
    else await providerStates.lose(tenantId, row.provider_ref);
  }

  async function reconcileSome(limit: number): Promise<number> {
    const stale = await staleRows(limit);
    let failed = 0;
    for (const row of stale) {
      // Noted before it is tried: who cannot be asked goes to the end of the line.
      await db.write('billing_subscriptions').where({ id: row.id }).update({ asked_at: clock.now() });
      try {
        await askFor(row.tenant_id);
      } catch (error) {
        failed++;
        log.warn(
          { err: error, provider: row.provider, tenantId: row.tenant_id },
          'A subscription could not be asked for',
        );
      }
    }
    refuseFailures('Asking payment providers', { done: stale.length - failed, failed });
    return stale.length;
  }

  async function staleRows(limit: number): Promise<SubscriptionRow[]> {
    const now = clock.now();
    return db
      .write('billing_subscriptions')
      .whereNotNull('provider_ref')
      .whereNull('provider_ended_at')
      .where((any) =>
        any
          .where('synced_at', '<=', now - STALE_MS)
          // Noted by a clock that was ahead.
          .orWhere('synced_at', '>', now + CLOCK_TOLERANCE_MS)
          .orWhere((over) =>
            over
              .whereNot({ status: 'canceled' })
              .where('period_end', '<=', now)
              .where('synced_at', '<=', db.write.ref('period_end')),
          )
          .orWhere((late) => late.where({ status: 'past_due' }).where('synced_at', '<=', now - STALE_MS / 24)),
      )
      .orderBy(['asked_at', 'id'])
      .limit(limit);
  }
}

interface Renewal {
  customer: Customer;
  currency: string;
  isPaid: boolean;
  period: { start: number; end: number };
  quote: ReturnType<typeof renewalQuote>;
}
type DueRow = Pick<SubscriptionRow, 'id' | 'tenant_id'>;
