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

  it('send no more commands than the plan allows, whoever asks, and what was sent is not asked about again', async () => {
    const base = '/api/platform/robots';
    const owner = await limited(app, { max_robot_commands_per_month: 5 });
    const robotId = (await owner.http.post('/api/robots', { name: 'one' })).body.data.robotId;
    const row = await app.services.robots.byRobotId(robotId);
    assert.ok(row);
    const heard = { clientId: null, spoken: 'hello', rawSpoken: '', person: 'Ada', group: '', groupRemark: '' };
    const rest = { roomType: 2, textType: 1, atMe: false, isSelf: false, ownId: null, phoneTime: null, file: null };
    await app.services.robotMessages.receive(row, { ...heard, ...rest, person: 'Bob' });
    const other = (await owner.http.get(`${base}/conversations`)).body.items[0].id;
    await app.services.robotMessages.receive(row, { ...heard, ...rest });
    const talk = (await owner.http.get(`${base}/conversations?search=Ada`)).body.items[0].id;
    const user = await app.services.people.userByUuid(owner.id);
    const principal = {
      kind: 'user' as const,
      id: owner.id,
      userId: user?.id ?? null,
      tenantId: owner.tenantId,
      roles: ['owner'],
      scopes: null,
    };
    const send = async (text: string, idempotencyKey: string) =>
      app.services.functions.call('robots.send', { robot_id: robotId, to: 'Ada', text }, { principal, idempotencyKey });
    const answer = (text: string, key: string) =>
      owner.http.post(`${base}/conversations/${talk}/answers`, { text }, { 'idempotency-key': key });
    const used = () => usedOf(app, owner.tenantId, 'robot_commands');
    const long = 'A sentence of some words. '.repeat(600);

    assert.equal(await app.services.conversations.isAutomatic(other), true);
    await assert.rejects(send(long, 'long'), { code: 'limit_exceeded' });
    assert.equal((await answer(long, 'long')).status, 403);
    assert.equal(await used(), 0);
    const first = await send('short', 'short');
    const answered = await answer('short', 'short');
    assert.equal(answered.status, 201);
    assert.equal(await used(), 2);

    const at = new Date(app.clock.now() + 60_000).toISOString();
    const wish = { robot_id: robotId, content: 'x', at };
    for (const names of [
      ['a', 'b', 'c', 'd'],
      ['a', 'b', 'c'],
    ])
      assert.equal((await owner.http.post(`${base}/scheduled-messages`, { ...wish, names })).status, 201);
    await app.clock.advance(60_000);
    await app.services.scheduledMessages.sendDue();
    const { items } = (await owner.http.get(`${base}/scheduled-messages`)).body;
    assert.deepEqual(
      items.map(({ last_outcome, last_reason }: any) => [last_outcome, last_reason]),
      [
        ['sent', ''],
        ['failed', 'limit_exceeded'],
      ],
    );
    assert.equal(await used(), 5);

    assert.equal(await app.services.conversations.isAutomatic(other), false, 'programs do not answer either');
    await assert.rejects(send('more', 'more'), { code: 'limit_exceeded' });
    assert.equal((await answer('more', 'more')).status, 403);
    assert.deepEqual(await send('short', 'short'), first);
    assert.deepEqual((await answer('short', 'short')).body, answered.body);
    assert.equal(await used(), 5);
  });
});
