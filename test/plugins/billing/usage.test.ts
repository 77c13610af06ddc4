/** Usage meters: counting against limits, months, figures, what is announced, and two replicas at once. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { authConfig, catchMails, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import {
  freshDatabase,
  type Recording,
  startPlatform,
  type TestPlatform,
  testDatabase,
} from '#test/support/harness.ts';
import { callAs } from '#test/support/principals.ts';

const DAY_MS = 24 * 3600_000;
const nextMonth = (at: number) => Date.UTC(new Date(at).getUTCFullYear(), new Date(at).getUTCMonth() + 1, 1);
const plugins = { auth: authConfig, billing: { defaultPlan: 'free' } };
const config = { http: { rateLimit: { enabled: false } } };

describe('usage meters', function () {
  // Months pass, and each closes what was counted in it: seconds of work on a busy machine.
  this.timeout(60_000);
  let app: TestPlatform;
  let owner: Person;
  let mails: ReturnType<typeof catchMails>;
  let events: Recording;
  before(async () => {
    app = await startPlatform({ plugins, config });
    events = await app.record(/^usage\./);
    mails = catchMails(app);
  });
  after(() => app.stop());
  beforeEach(async () => {
    owner = await register(app);
    await app.services.jobs.idle();
    mails.length = 0;
    events.clear();
  });
  const again = async () => {
    const answer = await app.http.post('/api/v2/auth/login', { email: owner.email, password: owner.password });
    owner.http = app.http.bearer(answer.body.access_token);
  };
  const grant = async (limits: object) => {
    const admin = (await signInAdmin(app)).http;
    const answer = await admin.patch(`/api/platform/billing/tenants/${owner.tenantId}/overrides`, limits);
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  };

  it('counts up to the limit and refuses the rest', async () => {
    const { usageMeters: usage } = app.services;
    assert.equal((await usage.consume(owner.tenantId, 'messages', 49)).remaining, 1);
    await assert.rejects(usage.consume(owner.tenantId, 'messages', 2), (error: any) => {
      assert.deepEqual([error.status, error.code], [403, 'limit_exceeded']);
      assert.deepEqual([error.extra.limit, error.extra.used], [50, 49]);
      assert.match(error.extra.resets_at, /^\d{4}-\d\d-01T00:00:00Z$/);
      return true;
    });
    assert.equal((await usage.consume(owner.tenantId, 'messages')).used, 50);
    const { body } = await owner.http.get('/api/v2/billing/subscription');
    assert.equal(body.usage.messages_this_month, 50);
    await assert.rejects(usage.consume(owner.tenantId, 'dragons'), { code: 'unknown_meter' });
    for (const wrong of [0, -1, 1.5, Number.NaN])
      await assert.rejects(usage.consume(owner.tenantId, 'messages', wrong), { code: 'invalid_amount' });
  });

  it('counts once with the same key, however often and however at once', async () => {
    const { usageMeters: usage } = app.services;
    const idempotencyKey = 'message-1';
    await Promise.all(
      Array.from({ length: 20 }, () => usage.consume(owner.tenantId, 'messages', 2, { idempotencyKey })),
    );
    assert.equal((await usage.peek(owner.tenantId, 'messages')).used, 2);
    await usage.consume(owner.tenantId, 'messages', 48);
    const refused = { idempotencyKey: 'message-2' };
    await assert.rejects(usage.consume(owner.tenantId, 'messages', 1, refused), { code: 'limit_exceeded' });
    await grant({ max_messages_per_month: 60 });
    assert.equal(
      (await usage.consume(owner.tenantId, 'messages', 1, refused)).used,
      51,
      'what was refused may be tried again',
    );
    assert.equal((await usage.consume(owner.tenantId, 'messages', 2, { idempotencyKey })).used, 51);
  });

  it('takes and gives back what is counted as it is', async () => {
    const { usageMeters: usage } = app.services;
    assert.equal((await usage.consume(owner.tenantId, 'sessions')).used, 1);
    await assert.rejects(usage.consume(owner.tenantId, 'sessions'), (error: any) => error.extra.resets_at === null);
    assert.equal((await usage.release(owner.tenantId, 'sessions', 5)).used, 0);
    assert.equal((await usage.consume(owner.tenantId, 'sessions')).used, 1);
    assert.equal((await usage.set(owner.tenantId, 'labels', 9)).used, 9, 'a fact is not refused');
    await assert.rejects(usage.consume(owner.tenantId, 'labels'), { code: 'limit_exceeded' });
    await assert.rejects(usage.release(owner.tenantId, 'messages'), { code: 'wrong_meter' });
    await assert.rejects(usage.set(owner.tenantId, 'messages', 1), { code: 'wrong_meter' });
  });

  it('never exceeds a limit, whatever is asked for at once', async () => {
    const { usageMeters: usage } = app.services;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 60 }),
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 60 }),
        fc.uuid(),
        async (limit, amounts, tenantId) => {
          await app.services.db.write('billing_overrides').insert({
            tenant_id: tenantId,
            limits: JSON.stringify({ max_messages_per_month: limit }),
            updated_at: 0,
          });
          const outcomes = await Promise.allSettled(
            amounts.map((amount) => usage.consume(tenantId, 'messages', amount)),
          );
          const accepted = amounts.filter((_, index) => outcomes[index]?.status === 'fulfilled');
          const total = accepted.reduce((sum, amount) => sum + amount, 0);
          assert.ok(total <= limit, `${total} of ${limit}`);
          assert.equal((await usage.peek(tenantId, 'messages')).used, total);
          // Nobody was refused for whom there was room in the end.
          const refused = amounts.filter((_, index) => outcomes[index]?.status === 'rejected');
          for (const amount of refused) assert.ok(total + amount > limit);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('announces 80 and 100 percent and the first refusal, once a month, by event and mail', async () => {
    const { usageMeters: usage, jobs } = app.services;
    for (let count = 0; count < 50; count++) await usage.consume(owner.tenantId, 'messages');
    for (let count = 0; count < 3; count++) await usage.consume(owner.tenantId, 'messages').catch(() => {});
    await jobs.idle();
    const told = await events.all();
    assert.deepEqual(
      told.map(({ type, data }) => [type, data.percent, data.used]),
      [
        ['usage.threshold', 80, 40],
        ['usage.threshold', 100, 50],
        ['usage.exceeded', undefined, 50],
      ],
    );
    assert.deepEqual(
      // Each is a job of its own: whichever is done first.
      mails.map(({ to, subject }) => [to, subject]).sort(),
      [
        [owner.email, '100 % of messages are used'],
        [owner.email, '80 % of messages are used'],
      ],
    );
  });

  it('announces shares also after a large wish was refused', async () => {
    const { usageMeters: usage } = app.services;
    await usage.consume(owner.tenantId, 'messages', 1000).catch(() => {});
    await usage.consume(owner.tenantId, 'messages', 45);
    await usage.consume(owner.tenantId, 'messages', 1000).catch(() => {});
    await usage.consume(owner.tenantId, 'messages', 5);
    const told = await events.all();
    assert.deepEqual(
      told.map(({ type, data }) => [type, data.percent]),
      [
        ['usage.exceeded', undefined],
        ['usage.threshold', 80],
        ['usage.threshold', 100],
      ],
    );
  });

  it('asks hooks before it refuses', async () => {
    const { usageMeters: usage, hooks } = app.services;
    const seen: number[] = [];
    hooks.add('usage.exceeding', async (context: any, next) => {
      seen.push(context.used);
      context.allow = context.tenantId === owner.tenantId && context.meter === 'ai_replies';
      await next();
    });
    const { used } = await usage.consume(owner.tenantId, 'ai_replies', 25);
    assert.deepEqual([used, seen], [25, [0]]);
  });

  it('shows what is used now, by day and by month; months end by themselves and are closed once', async () => {
    const { usageMeters: usage, clock, monthClose, db } = { ...app.services, clock: app.clock };
    await clock.advance(nextMonth(clock.now()) - clock.now());
    await app.platform.cron.runDue();
    await usage.consume(owner.tenantId, 'messages', 7);
    await usage.consume(owner.tenantId, 'sessions');
    await clock.advance(DAY_MS);
    await usage.consume(owner.tenantId, 'messages', 5);
    await again();
    const current = (await owner.http.get('/api/v2/usage/current')).body;
    assert.equal(current.usage.messages_this_month, 12);
    const meter = current.meters.find(({ name }: any) => name === 'messages');
    assert.deepEqual([meter.used, meter.limit, meter.remaining], [12, 50, 38]);
    const counter = (name: string) => current.meters.find((one: any) => one.name === name).counted_by;
    assert.deepEqual([counter('messages'), counter('api_requests')], ['programs', 'server']);
    assert.equal(current.counted_since, current.period_start, 'the organisation is older than the month');
    const daily = (await owner.http.get('/api/v2/usage/daily')).body;
    assert.deepEqual(
      daily.days.map((day: any) => day.usage.messages),
      [7, 5],
    );
    assert.deepEqual((await owner.http.get('/api/v2/usage/history')).body.items, []);

    // The new month has begun and no cron has run.
    const month = current.period;
    await clock.advance(nextMonth(clock.now()) - clock.now() + 1000);
    assert.equal((await usage.peek(owner.tenantId, 'messages')).used, 0);
    assert.equal((await usage.peek(owner.tenantId, 'sessions')).used, 1);
    await Promise.all([monthClose.closeSome(500), monthClose.closeOf(owner.tenantId), monthClose.closeSome(500)]);
    await clock.advance(40 * DAY_MS);
    await app.platform.cron.runDue();
    await app.platform.cron.runDue();
    await again();
    const { items, total } = (await owner.http.get('/api/v2/usage/history')).body;
    const closed = items.find(({ period }: any) => period === month);
    assert.deepEqual([closed.usage.messages, closed.usage.ai_replies], [12, 0]);
    assert.ok(total >= 1);
    assert.equal((await db.read('billing_usage').where({ tenant_id: owner.tenantId, meter: 'messages' })).length, 0);
    const second = (await owner.http.get('/api/v2/usage/history?page=2&page_size=1')).body;
    assert.equal(second.items.length, Math.min(1, total - 1));
  });

  it('has a month of history for each that passed while nothing ran, also of what is counted as it is', async () => {
    const { usageMeters: usage, monthClose, db } = app.services;
    const { clock } = app;
    const { storeLevels } = monthClose;
    monthClose.storeLevels = async () => {};
    const months: string[] = [];
    for (const groups of [2, 3, null, 1]) {
      months.push(new Date(clock.now()).toISOString().slice(0, 7));
      if (groups !== null) await usage.set(owner.tenantId, 'groups', groups);
      await clock.advance(nextMonth(clock.now()) - clock.now() + 1000);
    }
    monthClose.storeLevels = storeLevels;
    for (let run = 0; run < 2; run++) await monthClose.storeLevels();
    const kept = await db
      .read('billing_usage_history')
      .where({ tenant_id: owner.tenantId, meter: 'groups' })
      .orderBy('period');
    assert.deepEqual(
      kept.map(({ period, used }) => [period, Number(used)]),
      months.map((month, index) => [month, [2, 3, 3, 1][index]]),
    );
  });

  it('is kept in slices, however much of it there is', async () => {
    const { monthClose, db } = app.services;
    const level = { period: 'now', used: 4, announced: 0, announced_in: '', updated_at: app.clock.now() };
    const rows = Array.from({ length: 2_500 }, (_, n) => ({ ...level, tenant_id: `many-${n}`, meter: 'groups' }));
    for (let from = 0; from < rows.length; from += 100)
      await db.write('billing_usage').insert(rows.slice(from, from + 100));
    await app.clock.advance(nextMonth(app.clock.now()) - app.clock.now() + 1000);
    let slices = 0;
    const { transaction } = db;
    db.transaction = (work) => {
      slices++;
      return transaction(work);
    };
    await monthClose.storeLevels();
    db.transaction = transaction;
    assert.ok(slices >= 3, 'others write in between');
    const kept = db.read('billing_usage_history').where('tenant_id', 'like', 'many-%');
    assert.equal((await kept).length, 2_500);
    for (const table of ['billing_usage', 'billing_usage_history'] as const)
      await db.write(table).where('tenant_id', 'like', 'many-%').delete();
  });

  it('has no history of who was erased while something was counted', async () => {
    const { tenantId } = owner;
    const { http } = await signInAdmin(app);
    assert.equal((await http.delete(`/api/v2/admin/tenants/${tenantId}`)).status, 204);
    await app.services.jobs.idle();
    await app.services.usageMeters.consume(tenantId, 'messages', 3, { idempotencyKey: 'late' });
    await app.clock.advance(nextMonth(app.clock.now()) + DAY_MS - app.clock.now());
    await app.platform.cron.runDue();
    const tables = ['billing_usage', 'billing_usage_daily', 'billing_usage_history', 'billing_usage_keys'] as const;
    for (const table of tables) {
      assert.deepEqual(await app.services.db.read(table).where({ tenant_id: tenantId }), [], table);
    }
  });

  it('shows effective limits, grants some, and resets them', async () => {
    const granted = await grant({ max_messages_per_month: 70, max_groups: -1 });
    assert.deepEqual(granted.overrides, { max_messages_per_month: 70, max_groups: -1 });
    assert.deepEqual([granted.plan.max_messages_per_month, granted.effective.max_messages_per_month], [50, 70]);
    assert.deepEqual((await grant({ max_groups: null })).overrides, { max_messages_per_month: 70 });
    await app.services.usageMeters.consume(owner.tenantId, 'messages', 60);
    const admin = (await signInAdmin(app)).http;
    const path = `/api/v2/admin/tenants/${owner.tenantId}`;
    const seen = await admin.get(`${path}/effective-limits`);
    assert.deepEqual([seen.body.plan_id, seen.body.effective.max_messages_per_month], ['free', 70]);
    const reset = await admin.post(`${path}/reset-limits`);
    assert.deepEqual([reset.status, reset.body.overrides, reset.body.effective.max_messages_per_month], [200, {}, 50]);
    assert.equal((await app.services.usageMeters.peek(owner.tenantId, 'messages')).used, 0);
    assert.equal((await app.services.usageMeters.consume(owner.tenantId, 'messages', 50)).used, 50);
    const log = await admin.get(`/api/v2/admin/audit-logs?action=limits.reset&tenant_id=${owner.tenantId}`);
    assert.equal(log.body.total, 1);
    const unknown = '/api/v2/admin/tenants/00000000-0000-0000-0000-000000000000';
    assert.equal((await admin.get(`${unknown}/effective-limits`)).status, 404);
    assert.equal((await admin.post(`${unknown}/reset-limits`)).status, 404);
    const wrong = await admin.patch(`/api/platform/billing/tenants/${owner.tenantId}/overrides`, { max_dragons: 3 });
    assert.equal(wrong.status, 422);
  });

  it('offers its figures to workflows', async () => {
    await app.services.usageMeters.consume(owner.tenantId, 'messages', 4);
    const call = await callAs(app, owner, 'k');
    assert.deepEqual(await app.services.functions.call('billing.usage', { meter: 'messages' }, call), {
      used: 4,
      limit: 50,
      remaining: 46,
    });
    const shown: any = await app.services.functions.call('billing.subscription', {}, call);
    assert.equal(shown.plan_id, 'free');
    assert.deepEqual(await app.services.functions.call('billing.invoices', {}, call), { invoices: [] });
  });
});

describe('two replicas on one database', () => {
  if (testDatabase !== 'pg') return;
  let one: TestPlatform;
  let two: TestPlatform;
  before(async () => {
    const database = await freshDatabase();
    one = await startPlatform({ plugins, config, database });
    two = await startPlatform({ plugins, config, database, clock: one.clock, dataDir: one.dataDir });
  });
  after(async () => {
    await two.platform.stop();
    await one.stop();
  });

  it('never exceed a limit together, and count a key once', async () => {
    const { tenantId } = await register(one);
    const asked = Array.from({ length: 100 }, (_, index) =>
      [one, two][index % 2]!.services.usageMeters.consume(tenantId, 'messages', 1).then(
        () => 1,
        () => 0,
      ),
    );
    const accepted = (await Promise.all(asked)).reduce((sum: number, count) => sum + count, 0);
    assert.equal(accepted, 50);
    assert.equal((await two.services.usageMeters.peek(tenantId, 'messages')).used, 50);
    const key = { idempotencyKey: 'once' };
    await Promise.all(
      [one, two, one, two].map((app) => app.services.usageMeters.consume(tenantId, 'ai_replies', 3, key)),
    );
    assert.equal((await one.services.usageMeters.peek(tenantId, 'ai_replies')).used, 3);
  });

  it('take confirmations of one checkout at once for one', async () => {
    const owner = await register(one);
    const wish = { plan_id: 'pro', billing_cycle: 'monthly' };
    const { body } = await owner.http.post('/api/v2/billing/checkout', wish);
    // Each has a data folder, and so a secret, of its own.
    const admins = [await signInAdmin(one), await signInAdmin(two)].map(({ http }) => http);
    const path = `/api/platform/billing/checkouts/${body.session_id}/confirm`;
    const answers = await Promise.all([...admins, ...admins].map((http) => http.post(path)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    const rows = await two.services.db.read('billing_invoices').where({ tenant_id: owner.tenantId });
    assert.equal(rows.length, 1);
    await one.clock.advance(32 * DAY_MS);
    await Promise.all([one, two].map((app) => app.services.subscriptionTimes.advanceSome(100)));
    const renewed = await two.services.db.read('billing_invoices').where({ tenant_id: owner.tenantId });
    assert.equal(renewed.length, 2, 'renewed once');
  });

  it('close a month once', async () => {
    const { tenantId } = await register(one);
    await one.services.usageMeters.consume(tenantId, 'messages', 9);
    await one.clock.advance(32 * DAY_MS);
    await Promise.all([one, two, one, two].map((app) => app.services.monthClose.closeSome(500)));
    await Promise.all([one, two].map((app) => app.platform.cron.runDue()));
    const rows = await one.services.db.read('billing_usage_history').where({ tenant_id: tenantId, meter: 'messages' });
    assert.deepEqual(
      rows.map(({ used }) => Number(used)),
      [9],
    );
  });
});
