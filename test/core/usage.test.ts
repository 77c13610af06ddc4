/** Counting what tenants use, as plugins see it: with somebody who counts against plans, and without. */
import assert from 'node:assert/strict';
import { authConfig, register } from '#test/support/accounts.ts';
import { startPlatform } from '#test/support/harness.ts';

describe('usage', () => {
  it('is unlimited while nobody counts, but only of meters that are declared', async () => {
    const app = await startPlatform({ plugins: ['auth'] });
    await assert.rejects(app.services.usage.consume(null, { tenantId: 'x', meter: 'messages' }), /'messages'/);
    await app.stop();
  });

  it('is counted by billing in the transaction of whoever uses, and given back', async () => {
    const app = await startPlatform({ plugins: { auth: authConfig, billing: { defaultPlan: 'free' } } });
    const { usage, db } = app.services;
    const { tenantId } = await register(app);
    const meter = 'messages';
    const undone = db.transaction(async (trx) => {
      assert.equal((await usage.consume(trx, { tenantId, meter, amount: 3 })).used, 3);
      throw new Error('undone');
    });
    await assert.rejects(undone, /undone/);
    assert.equal((await usage.level(tenantId, meter)).used, 0);
    const { remaining } = await usage.consume(null, { tenantId, meter, amount: 2, idempotencyKey: 'once' });
    assert.equal((await usage.consume(null, { tenantId, meter, amount: 2, idempotencyKey: 'once' })).used, 2);
    await assert.rejects(usage.consume(null, { tenantId, meter, amount: Number(remaining) + 1 }), {
      code: 'limit_exceeded',
    });
    assert.equal((await usage.giveBack(null, { tenantId, meter })).used, 1);
    assert.equal((await usage.state(null, { tenantId, meter: 'sessions', amount: 4 })).used, 4);
    assert.deepEqual(await usage.consume(null, { tenantId: null, meter }), await usage.level(null, meter));
    await app.stop();
  });
});
