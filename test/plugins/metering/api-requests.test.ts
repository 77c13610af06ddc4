/** Requests as a meter: counted in memory, refused over the limit, never between a tenant and its billing. */
import assert from 'node:assert/strict';
import { keyOf, register, signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { limit, limited, startMetered, usedOf } from './support.ts';

const METER = 'api_requests';
const WORK = '/api/platform/licensing/products';

describe('api_requests', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startMetered({ licensing: {} });
  });
  after(() => app.stop());

  it('are counted within a second, and shown with the other meters', async () => {
    const owner = await register(app);
    for (let count = 0; count < 3; count++) assert.equal((await owner.http.get(WORK)).status, 200);
    assert.equal((await app.services.usage.level(owner.tenantId, METER)).used, 0);
    await app.clock.advance(1000);
    assert.equal(await usedOf(app, owner.tenantId, METER), 3);
    const { body } = await owner.http.get('/api/v2/usage/current');
    assert.equal(body.usage.api_requests_this_month, 3);
    assert.equal(body.limits.max_api_requests_per_month, -1);
    const subscription = (await owner.http.get('/api/v2/billing/subscription')).body;
    assert.equal(Object.keys(subscription.usage).length, 5, 'the document has five');
  });

  it('are refused over the limit, and let through again when it is raised or the month is over', async () => {
    const owner = await limited(app, { max_api_requests_per_month: 2 });
    const other = await register(app);
    const key = app.http.apiKey((await keyOf(owner))['x-api-key']!);
    await limit(app, owner, { max_api_requests_per_month: (await usedOf(app, owner.tenantId, METER)) + 2 });
    assert.equal((await owner.http.get(WORK)).status, 200);
    assert.equal((await key.get(WORK)).status, 200);
    const refused = await key.get(WORK);
    assert.deepEqual([refused.status, refused.body.code], [403, 'limit_exceeded'], refused.text);
    assert.equal(refused.body.used, refused.body.limit);
    assert.match(refused.body.resets_at, /^\d{4}-\d\d-01T00:00:00Z$/);
    assert.equal((await owner.http.get('/api/v2/usage/current')).status, 200, 'usage can still be looked at');
    assert.equal((await other.http.get(WORK)).status, 200, 'others are not held up');
    const { limit: most } = await app.services.usage.level(owner.tenantId, METER);
    assert.equal(await usedOf(app, owner.tenantId, METER), most, 'what was refused is not counted');

    await limit(app, owner, { max_api_requests_per_month: most + 1 });
    assert.equal((await owner.http.get(WORK)).status, 200);
    assert.equal((await owner.http.get(WORK)).status, 403);
    const month = new Date(app.clock.now());
    await app.clock.advance(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1) - app.clock.now());
    assert.equal((await key.get(WORK)).status, 200, 'a new month');
  });

  it('that are written a moment after a month has ended belong to it', async () => {
    const owner = await limited(app, {});
    const { usage, usageMeters, db } = app.services;
    const date = new Date(app.clock.now());
    const end = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
    await app.clock.advance(end - 500 - app.clock.now());
    usage.note({ tenantId: owner.tenantId, meter: METER, amount: 3 });
    await app.clock.advance(600);
    usage.note({ tenantId: owner.tenantId, meter: METER, amount: 4 });
    await usageMeters.writeNotes();
    const rows = await db.read('billing_usage').where({ tenant_id: owner.tenantId, meter: METER }).orderBy('period');
    assert.deepEqual(
      rows.map(({ period, used }) => [period, Number(used)]),
      [
        [new Date(end - 1).toISOString().slice(0, 7), 3],
        [new Date(end).toISOString().slice(0, 7), 4],
      ],
    );
  });

  it('of many at once come to the limit and no further', async () => {
    const owner = await limited(app, { max_api_requests_per_month: 5 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => owner.http.get(WORK)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 5);
    assert.equal(await usedOf(app, owner.tenantId, METER), 5);
  });

  it('announce that something was refused once a month', async () => {
    const owner = await limited(app, { max_api_requests_per_month: 1 });
    const recording = await app.record(/^usage\./);
    for (let count = 0; count < 4; count++) await owner.http.get(WORK);
    const seen = (await recording.all()).filter(({ data }) => data.tenant_id === owner.tenantId);
    recording.end();
    assert.deepEqual(
      seen.map(({ type }) => type),
      ['usage.threshold', 'usage.exceeded'],
    );
  });

  it('of super-admins are neither counted nor refused', async () => {
    const admin = await signInAdmin(app);
    assert.equal((await admin.http.get(WORK)).status, 200);
    assert.equal(await usedOf(app, admin.tenantId, METER), 0);
  });

  it('are written before the platform stops', async () => {
    const owner = await register(app);
    await owner.http.get(WORK);
    app = await app.restart();
    assert.equal(await usedOf(app, owner.tenantId, METER), 1);
  });

  it('of a tenant that is erased leave nothing behind', async () => {
    const owner = await register(app);
    app.services.usage.note({ tenantId: owner.tenantId, meter: METER });
    await app.services.db.transaction((trx) => app.services.erasedTenants.remember(trx, owner.tenantId, 0));
    await app.services.usageMeters.writeNotes();
    const rows = await app.services.db.read('billing_usage').where({ tenant_id: owner.tenantId, meter: METER });
    assert.deepEqual(rows, []);
  });
});
