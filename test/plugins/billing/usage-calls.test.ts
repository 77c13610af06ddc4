/** Counting from outside, by a route and by functions: once for each key, within limits, and given back by receipt. */
import assert from 'node:assert/strict';
import { manualClock } from '#core/clock.ts';
import { sha256 } from '#core/security/tokens.ts';
import { authConfig, joinTenant, type Person, ROOT_TOKEN, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const PATH = '/api/platform/billing/usage';
const MONTH_MS = 31 * 24 * 3600_000;

describe('counting from outside', () => {
  let app: TestPlatform;
  let owner: Person;
  let other: Person;
  before(async () => {
    const clock = manualClock(Date.parse('2027-03-10T12:00:00Z'));
    const config = { http: { rateLimit: { enabled: false } } };
    app = await startPlatform({ clock, config, plugins: { auth: authConfig, billing: { defaultPlan: 'free' } } });
    other = await register(app);
  });
  after(() => app.stop());
  beforeEach(async () => {
    owner = await register(app);
  });

  const count = (wish: object, of = owner.http) => of.post(PATH, { meter: 'messages', ...wish });
  const giveBack = (receipt: string, of = owner.http, meter = 'messages') =>
    of.post(`${PATH}/give-back`, { meter, receipt });
  const used = async ({ tenantId } = owner, meter = 'messages') =>
    (await app.services.usageMeters.peek(tenantId, meter)).used;

  it('counts up to the limit of the plan, and refuses the rest whole', async () => {
    const { status, body } = await count({ amount: 49 });
    assert.equal(status, 200);
    assert.deepEqual([body.meter, body.used, body.limit, body.remaining], ['messages', 49, 50, 1]);
    const over = await count({ amount: 2, idempotency_key: 'later' });
    assert.deepEqual([over.status, over.body.code, over.body.used], [403, 'limit_exceeded', 49]);
    assert.equal((await count({ idempotency_key: 'later' })).body.used, 50, 'what was refused may be tried again');
  });

  it('counts once with the same key, also at once, and each tenant by itself', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => count({ amount: 3, idempotency_key: 'order 1' })),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(8).fill(200),
    );
    assert.equal(new Set(answers.map(({ body }) => body.receipt)).size, 1);
    assert.equal(await used(), 3);
    const before = await used(other);
    await count({ amount: 3, idempotency_key: 'order 1' }, other.http);
    assert.equal(await used(other), before + 3);
  });

  it('gives back once, what the receipt stands for and nothing else', async () => {
    await app.services.usageMeters.consume(owner.tenantId, 'messages', 10, { idempotencyKey: 'of a plugin' });
    const { receipt } = (await count({ amount: 5, idempotency_key: 'a' })).body;
    const answers = await Promise.all(Array.from({ length: 6 }, () => giveBack(receipt)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(6).fill(200),
    );
    assert.equal(await used(), 10);
    assert.equal((await count({ amount: 5, idempotency_key: 'a' })).body.used, 10, 'its key stays used');
    assert.equal((await giveBack(receipt)).body.used, 10);
    assert.deepEqual([(await giveBack('0'.repeat(64))).status, (await giveBack('of a plugin')).status], [404, 422]);
    const mine = (await count({ amount: 2 })).body.receipt;
    assert.equal((await giveBack(mine, other.http)).status, 404, 'not by another tenant');
    assert.equal((await giveBack(mine, owner.http, 'ai_replies')).status, 404, 'not of another meter');
    assert.equal(await used(), 12);
  });

  it('gives nothing back of a month that is over, and nothing after a count was stated or reset', async () => {
    const { receipt } = (await count({ amount: 20 })).body;
    await app.clock.advance(MONTH_MS);
    const http = app.http.bearer(
      (await app.http.post('/api/v2/auth/login', { email: owner.email, password: owner.password })).body.access_token,
    );
    await app.services.usageMeters.consume(owner.tenantId, 'messages', 30);
    assert.deepEqual([(await giveBack(receipt, http)).body.code, await used()], ['usage_closed', 30]);
    const session = await count({ meter: 'sessions' }, http);
    await app.services.usageMeters.set(owner.tenantId, 'sessions', 1);
    assert.equal((await giveBack(session.body.receipt, http, 'sessions')).body.used, 1);
    const message = (await count({}, http)).body.receipt;
    const admin = (await signInAdmin(app)).http;
    await admin.post(`/api/v2/admin/tenants/${owner.tenantId}/reset-limits`, {});
    await app.services.usageMeters.consume(owner.tenantId, 'messages', 5);
    assert.equal((await giveBack(message, http)).body.used, 5);
  });

  it('is for owners, admins and keys that were made for it, of the own tenant', async () => {
    const member = await joinTenant(app, owner, 'member');
    assert.equal((await count({}, member.http)).status, 403);
    const key = async (scope: string) => {
      const { body } = await owner.http.post('/api/v2/api-keys', { name: scope, scopes: [scope] });
      return app.http.apiKey(body.raw_key);
    };
    assert.equal((await count({}, await key('usage:read'))).status, 403);
    assert.equal((await count({}, await key('usage:manage'))).status, 200);
    assert.equal((await count({}, app.http)).status, 401);
    assert.equal((await count({ tenant_id: other.tenantId })).status, 403);
    assert.equal((await count({ tenant_id: owner.tenantId })).status, 200);
    const root = app.http.bearer(ROOT_TOKEN);
    assert.equal((await count({}, root)).body.code, 'no_tenant');
    assert.equal((await count({ tenant_id: 'nobody' }, root)).status, 404);
    const { body } = await count({ tenant_id: owner.tenantId, amount: 2 }, root);
    assert.equal(body.used, 4);
    assert.equal(
      (await root.post(`${PATH}/give-back`, { meter: 'messages', receipt: body.receipt, tenant_id: owner.tenantId }))
        .body.used,
      2,
    );
  });

  it('keeps what the operator counted apart from what the tenant counts and gives back', async () => {
    const root = app.http.bearer(ROOT_TOKEN);
    const order = { idempotency_key: 'order 7' };
    const forTenant = { ...order, tenant_id: owner.tenantId };
    await count({ ...order, amount: 1 });
    const { receipt, used: both } = (await count({ ...forTenant, amount: 20 }, root)).body;
    assert.equal(both, 21, 'a key that the tenant has used counts nothing of the operator’s for it');
    assert.equal((await count({ ...forTenant, amount: 20 }, root)).body.used, 21);
    for (const guess of [receipt, sha256('route\norder 7'), sha256('operator\norder 7')]) await giveBack(guess);
    assert.equal(await used(), 20, 'the tenant has its own back');
    const back = await root.post(`${PATH}/give-back`, { meter: 'messages', receipt, tenant_id: owner.tenantId });
    assert.equal(back.body.used, 0);
  });

  it('refuses what cannot be counted', async () => {
    for (const wrong of [0, -1, 1.5, 1e13, 'x', null]) assert.equal((await count({ amount: wrong })).status, 422);
    assert.equal((await count({ meter: 'dragons' })).status, 422);
    assert.ok([400, 422].includes((await count({ meter: 'a\0b' })).status));
    assert.equal((await count({ idempotency_key: 'a\0b' })).status, 200, 'a key is kept as its hash');
    assert.equal((await count({ idempotency_key: 'x'.repeat(201) })).status, 422);
    assert.equal(await used(), 1);
  });

  it('is a function, once for each call, whose receipt gives back', async () => {
    const principal = await app.services.accounts.principalOf((await app.services.people.userByUuid(owner.id))!.id);
    const call = (name: string, input: object, idempotencyKey: string) =>
      app.services.functions.call(name, input, { principal: principal!, idempotencyKey }) as Promise<any>;
    const first = await call('billing.consume', { meter: 'messages', amount: 4 }, 'task 1');
    const again = await call('billing.consume', { meter: 'messages', amount: 4 }, 'task 1');
    assert.deepEqual([again, await used()], [first, 4]);
    assert.deepEqual([first.used, first.limit, first.remaining], [4, 50, 46]);
    await assert.rejects(call('billing.consume', { meter: 'messages', amount: 47 }, 'task 2'), {
      code: 'limit_exceeded',
    });
    await count({ idempotency_key: 'task 1' });
    assert.equal(await used(), 5, 'keys of routes are others');
    assert.equal((await call('billing.giveBack', { meter: 'messages', receipt: first.receipt }, 'task 3')).used, 1);
    assert.equal((await call('billing.giveBack', { meter: 'messages', receipt: first.receipt }, 'task 3')).used, 1);
  });
});
