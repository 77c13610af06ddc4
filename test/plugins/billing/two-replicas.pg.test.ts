/** Two processes on one PostgreSQL: what one changes the other hears, and what both do at once happens once. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { freshDatabase, startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('billing with two replicas', () => {
  let a: TestPlatform;
  let b: TestPlatform;
  let admins: Client[];
  before(async () => {
    const database = await freshDatabase();
    const options = {
      database,
      plugins: { auth: authConfig, billing: { defaultPlan: 'free' } },
      config: { http: { rateLimit: { enabled: false } } },
    };
    a = await startPlatform(options);
    b = await startPlatform({ ...options, dataDir: a.dataDir, clock: a.clock });
    const { accessToken } = await signInAdmin(a);
    admins = [a.http.bearer(accessToken), b.http.bearer(accessToken)];
  });
  after(async () => {
    await b.platform.stop();
    await a.stop();
  });

  const at = (person: Person): Client[] => [a.http.bearer(person.accessToken), b.http.bearer(person.accessToken)];
  const both = <T>(count: number, work: (replica: 0 | 1, index: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => work(index % 2 === 0 ? 0 : 1, index)));
  const until = async (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; !(await isSo()); tries++) {
      assert.ok(tries < 4_000, what);
      await sleep(10);
    }
  };

  it('hears of another plan at once, though it remembers the one before', async () => {
    const { tenantId } = await register(a);
    const { entitlements } = b.services;
    assert.equal((await entitlements.of(tenantId)).plan.plan_id, 'free');
    await until('nothing is remembered', async () => {
      await entitlements.fresh(tenantId);
      return !(entitlements.of(tenantId) instanceof Promise);
    });
    await admins[0]!.post(`/api/platform/billing/tenants/${tenantId}/plan`, { plan_id: 'pro' });
    await until('the plan was not heard of', async () => (await entitlements.of(tenantId)).plan.plan_id === 'pro');
  });

  it('loses no limit of a plan that both change', async () => {
    const wish = { plan_id: 'team', display_name: 'Team', price_monthly: 10, price_yearly: 100 };
    assert.equal((await admins[0]!.post('/api/v2/admin/plans', wish)).status, 201);
    const names = ['max_sessions', 'max_groups', 'max_labels', 'max_messages_per_month', 'ai_replies_per_month'];
    const answers = await both(5, (replica, index) =>
      admins[replica]!.patch('/api/v2/admin/plans/team', { limits: { [names[index] as string]: index + 1 } }),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 200],
    );
    const plan = (await admins[1]!.get('/api/v2/admin/plans?search=team')).body.items[0];
    assert.deepEqual(
      names.map((name) => plan.limits[name]),
      [1, 2, 3, 4, 5],
    );
  });

  it('counts to the limit and no further, alone and inside transactions', async () => {
    const { tenantId } = await register(a);
    const replicas = [a.services, b.services];
    const outcomes = await both(80, async (replica, index) => {
      const { usageMeters: usage, db } = replicas[replica]!;
      const counted =
        index % 4 < 2
          ? usage.consume(tenantId, 'messages')
          : db.transaction((trx) => usage.consume(tenantId, 'messages', 1, { trx }));
      return counted.then(
        () => 'counted',
        (error) => error.code,
      );
    });
    assert.equal(outcomes.filter((one) => one === 'counted').length, 50);
    assert.deepEqual([...new Set(outcomes)].sort(), ['counted', 'limit_exceeded']);
    assert.equal((await b.services.usageMeters.peek(tenantId, 'messages')).used, 50);
  });

  it('takes one payment once, and gives the last coupon to one of two', async () => {
    const wish = { code: 'LAST', percent_off: 50, duration: 'repeating', duration_in_months: 2, max_redemptions: 1 };
    const { id } = (await admins[0]!.post('/api/platform/billing/coupons', wish)).body;
    const people = [await register(a), await register(a)];
    const sessions = await Promise.all(
      people.map(async (person, index) => {
        const answer = await at(person)[index]!.post('/api/v2/billing/checkout', { plan_id: 'pro', coupon: 'LAST' });
        return answer.body.session_id as string;
      }),
    );
    const answers = await both(8, (replica, index) =>
      admins[replica]!.post(`/api/platform/billing/checkouts/${sessions[index >> 2]}/confirm`),
    );
    assert.ok(answers.every(({ status }) => status === 200 || status === 422));
    const completed = await a.services.db.read('billing_checkouts').where({ status: 'completed' });
    assert.equal(completed.length, 1);
    assert.equal((await a.services.db.read('billing_invoices')).length, 1);
    assert.equal((await admins[1]!.get(`/api/platform/billing/coupons/${id}`)).body.times_redeemed, 1);
  });

  it('keeps its head when everything happens to one tenant at once', async () => {
    const person = await register(a);
    const own = at(person);
    const begin = await own[0]!.post('/api/v2/billing/checkout', { plan_id: 'pro' });
    await admins[0]!.post(`/api/platform/billing/checkouts/${begin.body.session_id}/confirm`);
    const change = '/api/platform/billing/subscription/change';
    const acts = [
      (r: 0 | 1) => own[r]!.post(change, { plan_id: 'starter', when: 'now' }),
      (r: 0 | 1) => own[r]!.post(change, { plan_id: 'business', when: 'period_end' }),
      (r: 0 | 1) => own[r]!.post('/api/v2/billing/cancel', {}),
      (r: 0 | 1) => own[r]!.post('/api/v2/billing/checkout', { plan_id: 'business', billing_cycle: 'yearly' }),
      (r: 0 | 1) => admins[r]!.patch(`/api/platform/billing/tenants/${person.tenantId}/overrides`, { max_labels: 3 }),
      (r: 0 | 1) => admins[r]!.post(`/api/v2/admin/tenants/${person.tenantId}/reset-limits`, {}),
    ];
    const answers = await both(36, (replica, index) => acts[index % acts.length]!(replica));
    const failed = answers.filter(({ status }) => status >= 500);
    assert.deepEqual(
      failed.map(({ text }) => text),
      [],
    );
    const numbers = await a.services.db.read('billing_invoices').orderBy('id').pluck('number');
    assert.equal(new Set(numbers).size, numbers.length);
  });
});
