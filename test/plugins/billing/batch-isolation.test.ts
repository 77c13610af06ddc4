/** Rows that wait for billing's cron: one that is broken, or cannot be asked for, keeps no other waiting. */
import assert from 'node:assert/strict';
import { manualClock } from '#core/clock.ts';
import { forEachIsolated } from '#core/database/batch-isolation.ts';
import { authConfig, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type FakeStripe, startStripe } from '#test/support/stripe.ts';

const DAY_MS = 24 * 3600_000;

describe('rows that wait for cron', () => {
  let app: TestPlatform;
  let stripe: FakeStripe;
  before(async () => {
    const clock = manualClock(Date.parse('2027-03-10T12:00:00Z'));
    stripe = await startStripe(() => clock.now());
    app = await startPlatform({
      clock,
      plugins: { auth: authConfig, billing: { provider: 'stripe', defaultPlan: 'free', stripe: stripe.config } },
      config: { http: { rateLimit: { enabled: false } } },
    });
  });
  after(async () => {
    await app.stop();
    await stripe.stop();
  });

  it('are tried alone when a group fails, and all of them', async () => {
    const worked: number[] = [];
    const numbers = [1, 2, 3, 4, 5, 6, 7];
    const outcome = await forEachIsolated<number>({
      size: 3,
      log: app.services.log,
      failure: 'A number could not be worked on',
      next: async (after, size) => numbers.filter((one) => one > (after ?? 0)).slice(0, size),
      work: {
        async group(some) {
          if (some.includes(2)) throw new Error('poisoned');
          worked.push(...some);
        },
      },
    });
    assert.deepEqual(outcome, { done: 6, failed: 1 });
    assert.deepEqual(worked, [1, 3, 4, 5, 6, 7]);
  });

  it('of usage close without the one that cannot', async () => {
    const { usageMeters: usage, monthClose, db } = app.services;
    const people = [await register(app), await register(app), await register(app)];
    for (const { tenantId } of people) await usage.consume(tenantId, 'messages', 2);
    const [broken] = people;
    // A total that no column holds: whatever is wrong with a row, the others are closed.
    const huge = { tenant_id: broken!.tenantId, period: '2027-03', meter: 'messages', used: '9223372036854775807' };
    await db.write('billing_usage_history').insert({ ...huge, used: huge.used as unknown as number, closed_at: 0 });
    const closes = async () => {
      const rows = await db.read('billing_usage').where({ period: '2027-03' }).pluck('tenant_id');
      return people.map(({ tenantId }) => !rows.includes(tenantId));
    };
    monthClose.closeOf = async () => undefined;
    await app.clock.advance(30 * DAY_MS);
    await app.platform.cron.runDue();
    assert.deepEqual((await closes()).slice(1), [true, true]);
  });

  it('at a provider are asked for in turn: who cannot be asked goes to the end of the line', async () => {
    const { db, subscriptionTimes, plans } = app.services;
    const { id: plan } = await plans.find('pro');
    const people = [await register(app), await register(app), await register(app)];
    const now = app.clock.now();
    for (const [index, { tenantId }] of people.entries()) {
      await db.transaction((trx) =>
        app.services.subscriptionStore.save(
          trx,
          undefined,
          {
            tenant_id: tenantId,
            plan,
            provider: index === 0 ? 'gone' : 'stripe',
            provider_ref: `sub_${tenantId}`,
            customer_ref: null,
            status: 'active',
            billing_cycle: 'monthly',
            price: 2990,
            period_worth: null,
            currency: 'USD',
            anchor_at: now,
            period_start: now,
            period_end: now + 30 * DAY_MS,
            trial_end: null,
            cancel_at_period_end: 0,
            canceled_at: null,
            past_due_since: null,
            next_plan: null,
            next_cycle: null,
            coupon: null,
            coupon_periods: null,
            credit: 0,
            synced_at: now - 2 * DAY_MS - index,
            provider_ended_at: null,
            asked_at: index === 0 ? 0 : 1,
          },
          'begin',
        ),
      );
    }
    const status = async () =>
      Promise.all(people.map(async ({ tenantId }) => (await app.services.entitlements.fresh(tenantId)).status));
    await assert.rejects(subscriptionTimes.reconcileSome(1), /1 of 1 failed/);
    await subscriptionTimes.reconcileSome(1);
    await subscriptionTimes.reconcileSome(1);
    assert.deepEqual(await status(), ['active', 'canceled', 'canceled'], 'Stripe knows none of them');
  });
});
