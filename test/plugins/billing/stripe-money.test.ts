/** Money at Stripe: its units, what goes back, what is told late or by an older API, and changes that nobody paid for. */
import assert from 'node:assert/strict';
import { manualClock } from '#core/clock.ts';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { type Recording, startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type FakeStripe, startStripe } from '#test/support/stripe.ts';

describe('money at Stripe', () => {
  let app: TestPlatform;
  let stripe: FakeStripe;
  let owner: Person;
  let events: Recording;
  before(async () => {
    const clock = manualClock(Date.now());
    stripe = await startStripe(() => clock.now());
    app = await startPlatform({
      clock,
      plugins: { auth: authConfig, billing: { provider: 'stripe', defaultPlan: 'free', stripe: stripe.config } },
      config: { http: { rateLimit: { enabled: false } } },
    });
    events = await app.record(/./);
  });
  after(async () => {
    await app.stop();
    await stripe.stop();
  });
  beforeEach(async () => {
    owner = await register(app);
    events.clear();
  });

  const tell = async (type: string, object: object) => {
    const answer = await stripe.send(app.http, stripe.event(type, object));
    assert.equal(answer.status, 200, answer.text);
  };
  const buy = async (wish: object = {}) => {
    const { body } = await owner.http.post('/api/v2/billing/checkout', { plan_id: 'pro', ...wish });
    const subscription = stripe.pay(body.session_id);
    await tell('checkout.session.completed', stripe.get('checkout_sessions', body.session_id));
    return subscription;
  };
  /** An invoice that is paid there, with its payment and charge. */
  const paidInvoice = async (subscription: string) => {
    const invoice = Object.assign(stripe.invoice(subscription), { status: 'paid' });
    const payment_intent = `pi_${invoice.id}`;
    const payment = { type: 'payment_intent', payment_intent };
    stripe.put('invoice_payments', { id: `inpay_${invoice.id}`, invoice: invoice.id, status: 'paid', payment });
    const charge = stripe.put('charges', {
      id: `ch_${invoice.id}`,
      object: 'charge',
      payment_intent,
      currency: invoice.currency,
      amount_refunded: 0,
    });
    await tell('invoice.paid', invoice);
    return { invoice, charge };
  };
  const mine = async () => (await owner.http.get('/api/platform/billing/invoices')).body.items;

  it('is counted in Stripe’s units', async () => {
    const { http } = await signInAdmin(app);
    for (const [currency, price, amount] of [
      ['HUF', 10_000, 1_000_000],
      ['IDR', 150_000, 15_000_000],
      ['PKR', 9.5, 950],
      ['ISK', 990, 99_000],
      ['UGX', 5000, 500_000],
      ['JPY', 3000, 3000],
      ['KWD', 1.25, 1250],
      ['MGA', 5000, 5000],
    ] as const) {
      const plan_id = currency.toLowerCase();
      const wish = { plan_id, display_name: currency, price_monthly: price, price_yearly: 0, currency };
      assert.equal((await http.post('/api/v2/admin/plans', wish)).status, 201, currency);
      const synced = await http.post(`/api/v2/admin/plans/${plan_id}/stripe-sync`);
      assert.equal(synced.status, 200, synced.text);
      assert.equal(stripe.get('prices', synced.body.stripe_price_monthly_id).unit_amount, amount, currency);
    }
    const fine = { plan_id: 'fine', display_name: 'Fine', price_monthly: 1.234, price_yearly: 0, currency: 'BHD' };
    await http.post('/api/v2/admin/plans', fine);
    assert.equal((await http.post('/api/v2/admin/plans/fine/stripe-sync')).body.code, 'invalid_price');
    const coupon = { code: 'FT500', amount_off: 500, currency: 'HUF', duration: 'forever' };
    await http.post('/api/platform/billing/coupons', coupon);
    const subscription = await buy({ plan_id: 'huf', coupon: 'FT500' });
    assert.equal(stripe.things('coupons').at(-1)?.amount_off, '50000');
    await paidInvoice(subscription.id);
    assert.equal((await mine())[0].total, 10_000);
  });

  it('shows on the invoice when it goes back, in part and whole', async () => {
    const { charge } = await paidInvoice((await buy()).id);
    charge.amount_refunded = 1000;
    await tell('charge.refunded', charge);
    assert.deepEqual([(await mine())[0].status, (await mine())[0].refunded], ['paid', 10]);
    charge.amount_refunded = 2990;
    await tell('charge.refunded', charge);
    await tell('charge.refunded', charge);
    assert.deepEqual([(await mine())[0].status, (await mine())[0].refunded], ['refunded', 29.9]);
    const told = (await events.all()).filter(({ type }) => type === 'invoice.refunded');
    assert.deepEqual(
      told.map(({ data }) => data.refunded),
      [1000, 2990],
    );
  });

  it('shows on the invoice that the bank wants it back, and how that ends', async () => {
    const { charge } = await paidInvoice((await buy()).id);
    const dispute = stripe.put('disputes', {
      id: `dp_${charge.id}`,
      object: 'dispute',
      charge: charge.id,
      payment_intent: charge.payment_intent,
      currency: 'usd',
      amount: 2990,
      status: 'needs_response',
    });
    await tell('charge.dispute.created', dispute);
    assert.equal((await mine())[0].status, 'disputed');
    charge.amount_refunded = 1000;
    await tell('charge.refunded', charge);
    assert.deepEqual([(await mine())[0].status, (await mine())[0].refunded], ['disputed', 10]);
    dispute.status = 'won';
    await tell('charge.dispute.closed', dispute);
    assert.equal((await mine())[0].status, 'paid');
    Object.assign(dispute, { id: `${dispute.id}_2`, status: 'lost' });
    stripe.put('disputes', dispute);
    await tell('charge.dispute.closed', dispute);
    assert.equal((await mine())[0].status, 'refunded');
    assert.equal((await events.all()).filter(({ type }) => type === 'invoice.disputed').length, 1);
  });

  it('shows on an invoice whose refund is told before its payment, and by a credit note', async () => {
    const subscription = await buy();
    const invoice = Object.assign(stripe.invoice(subscription.id), { status: 'paid' });
    invoice.post_payment_credit_notes_amount = 500;
    await tell('credit_note.created', { id: 'cn_1', object: 'credit_note', currency: 'usd', invoice: invoice.id });
    assert.deepEqual([(await mine()).length, (await mine())[0].refunded], [1, 5]);
  });

  it('is invoiced also when the endpoint speaks an older version of the API', async () => {
    const subscription = await buy();
    const { parent, ...older } = Object.assign(stripe.invoice(subscription.id), { status: 'paid' });
    await tell('invoice.paid', { ...older, subscription: subscription.id });
    assert.equal((await mine())[0].total, 29.9);
    // One that Stripe does not find is read as it came, in the older form too.
    await tell('invoice.paid', { ...older, id: 'in_elsewhere', subscription: subscription.id });
    assert.equal((await mine()).length, 2);
  });

  it('has not failed when it came after all, however late the failure is told', async () => {
    const { invoice } = await paidInvoice((await buy()).id);
    await tell('invoice.payment_failed', { ...invoice, status: 'open' });
    assert.equal((await events.all()).filter(({ type }) => type === 'invoice.failed').length, 0);
    assert.equal((await mine()).length, 1);
  });

  it('that does not come changes no plan', async () => {
    const subscription = await buy({ plan_id: 'starter' });
    subscription.declined = true;
    const change = () => owner.http.post('/api/platform/billing/subscription/change', { plan_id: 'business' });
    const refused = await change();
    assert.deepEqual([refused.status, refused.body.code], [402, 'payment_failed']);
    const plan = async () => (await owner.http.get('/api/v2/billing/subscription')).body;
    assert.deepEqual([(await plan()).plan_id, (await plan()).status], ['starter', 'active']);
    subscription.declined = false;
    assert.equal((await change()).body.subscription.plan_id, 'business');
  });

  it('takes the credit and the unused time over that somebody had with us', async () => {
    const { db } = app.services;
    const { http } = await signInAdmin(app);
    await http.post(`/api/platform/billing/tenants/${owner.tenantId}/plan`, { plan_id: 'business' });
    const of = { tenant_id: owner.tenantId };
    await db.write('billing_subscriptions').where(of).update({ credit: 5000, price: 4990 });
    const { period_start, period_end } = (await db.read('billing_subscriptions').where(of).first())!;
    const half = Math.floor((Number(period_end) - Number(period_start)) / 2);
    const moved = { period_start: app.clock.now() - half, period_end: app.clock.now() + half };
    await db.write('billing_subscriptions').where(of).update(moved);
    await app.services.db.transaction((trx) => app.services.entitlementChanges.announce(trx));
    const { body } = await owner.http.post('/api/v2/billing/checkout', { plan_id: 'pro' });
    const open = await db.read('billing_checkouts').where({ session_id: body.session_id }).first();
    assert.equal(Number(open?.amount), 2990, 'Stripe takes the whole price');
    const subscription = stripe.pay(body.session_id);
    await tell('checkout.session.completed', stripe.get('checkout_sessions', body.session_id));
    await app.services.jobs.idle();
    const [entry, ...others] = stripe.things('balance_transactions');
    assert.deepEqual(
      [entry?.customer, Number(entry?.amount), others.length],
      [subscription.customer, -(5000 + 2495), 0],
    );
    const after = await db.read('billing_subscriptions').where(of).first();
    assert.deepEqual([Number(after?.credit), after?.provider], [0, 'stripe']);
  });
});
