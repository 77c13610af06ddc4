/** Requests that are repeated with the same key have one effect and one answer. */
import assert from 'node:assert/strict';
import { once } from '#core/kit.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('a request with an idempotency key', () => {
  let app: TestPlatform;
  let effects = 0;
  before(async () => {
    app = await startPlatform();
  });
  after(() => app.stop());

  const ask = (key: string | undefined, request: object = { a: 1 }, scope = 'test.add/t1') =>
    app.services.db.transaction((trx) =>
      once(trx, { scope, key, request, now: app.clock.now() }, async () => ({ effect: ++effects })),
    );

  it('has one effect, however often and however at once it comes', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask('key')));
    assert.deepEqual(
      answers,
      Array.from({ length: 10 }, () => answers[0]),
    );
    assert.equal(effects, 1);
    assert.deepEqual(await ask('key', { a: 1 }, 'test.add/t2'), { effect: 2 }, 'keys of others are others');
    assert.deepEqual([await ask(undefined), await ask('')], [{ effect: 3 }, { effect: 4 }]);
  });

  it('is refused for another request, and free again when its time is over', async () => {
    await ask('again');
    await assert.rejects(ask('again', { a: 2 }), { code: 'idempotency_key_reused', status: 422 });
    await assert.rejects(ask('x'.repeat(201)), { code: 'bad_request' });
    const before = effects;
    await app.clock.advance(24 * 3600_000);
    assert.deepEqual(await ask('again', { a: 2 }), { effect: before + 1 });
    await app.clock.advance(25 * 3600_000);
    await app.platform.cron.runDue();
    assert.deepEqual(await app.services.db.read('core_once'), []);
  });

  it('leaves nothing when its transaction fails', async () => {
    const failing = app.services.db.transaction(async (trx) => {
      await once(trx, { scope: 's', key: 'fails', request: 1, now: app.clock.now() }, async () => 1);
      throw new Error('undone');
    });
    await assert.rejects(failing, /undone/);
    assert.equal(await app.services.db.read('core_once').where({ key: 'fails' }).first(), undefined);
  });
});
