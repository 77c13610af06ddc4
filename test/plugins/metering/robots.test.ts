/** Robots as a meter: made by people or by codes, given back when they are deleted. */
import assert from 'node:assert/strict';
import { signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { limit, limited, startMetered, usedOf } from './support.ts';

describe('robots as a meter', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startMetered({ robots: { requestsPerMinute: 0 } });
  });
  after(() => app.stop());

  it('are made up to the limit, by people and by codes, and their place is free when they are deleted', async () => {
    const owner = await limited(app, { max_robots: 1 });
    const made = await owner.http.post('/api/robots', { name: 'one' });
    assert.equal(made.status, 200, made.text);
    const refused = await owner.http.post('/api/robots', { name: 'two' });
    assert.deepEqual([refused.status, refused.body.code, refused.body.message], [403, 403, '已达到套餐上限']);
    const user = await app.services.people.userByUuid(owner.id);
    const admin = (await signInAdmin(app)).http;
    const codes = await admin.post('/api/admin/activation-codes', { count: 1, boundUserId: user!.id });
    const body = { code: codes.body.data.codes[0].code, deviceInfo: { deviceId: 'a-phone' } };
    assert.equal((await app.http.post('/api/robot-ids/activate', body)).status, 403);
    assert.equal(await usedOf(app, owner.tenantId, 'robots'), 1);
    await owner.http.delete(`/api/robots/${made.body.data.robotId}`);
    assert.equal(await usedOf(app, owner.tenantId, 'robots'), 0);
    assert.equal((await app.http.post('/api/robot-ids/activate', body)).status, 201);
    assert.equal(await usedOf(app, owner.tenantId, 'robots'), 1);
    await limit(app, owner, { max_robots: -1 });
    assert.equal((await owner.http.post('/api/robots', { name: 'three' })).status, 200);
  });
});
