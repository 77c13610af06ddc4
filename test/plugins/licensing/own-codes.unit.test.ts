/** `licensing.verify`: about one's own licences, and not for guessing. */
import assert from 'node:assert/strict';
import { addMember, authConfig, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { callAs } from '#test/support/principals.ts';

const EMAIL = 'ada@example.net';

describe('the function licensing.verify', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, licensing: {} } });
  });
  after(() => app.stop());

  it('knows the licences of the own tenant alone', async () => {
    const [owner, stranger] = [await register(app), await register(app)];
    const { code } = await app.services.licences.generate(owner.tenantId, { plan: 'monthly', email: EMAIL });
    const ask = async (call: Awaited<ReturnType<typeof callAs>>) =>
      app.services.functions.call('licensing.verify', { activation_code: code, email: EMAIL }, call);
    assert.deepEqual(await ask(await callAs(app, owner, '1')), { valid: true, code: 'SUCCESS' });
    assert.deepEqual(await ask(await callAs(app, stranger, '2')), { valid: false, code: 'INVALID_LICENSE' });
  });

  it('is over for a whole tenant after a hundred wrong tries, however they come', async () => {
    const owner = await register(app);
    const admin = await addMember(app, owner, 'admin');
    const { code } = await app.services.licences.generate(owner.tenantId, { plan: 'monthly', email: EMAIL });
    const calls = [await callAs(app, owner, '1'), await callAs(app, admin, '2')];
    const ask = (index: number, activation_code: string) =>
      app.services.functions
        .call('licensing.verify', { activation_code, email: EMAIL }, calls[index % 2]!)
        .then(({ code: answer }: any) => answer)
        .catch((error) => error.code);
    const right = await Promise.all(Array.from({ length: 90 }, (_, index) => ask(index, code)));
    assert.ok(
      right.every((answer) => answer === 'SUCCESS'),
      'right ones cost nothing',
    );
    const tries = Array.from({ length: 150 }, (_, index) => ask(index, 'AAAAA-AAAAA-AAAAA'));
    const last = ask(0, code);
    const together = await Promise.all(tries);
    assert.equal(await last, 'rate_limited', 'the right one behind them is not judged');
    assert.equal(together.filter((answer) => answer === 'INVALID_LICENSE').length, 100);
    assert.equal(together.filter((answer) => answer === 'rate_limited').length, 50);
    assert.equal(await ask(0, code), 'rate_limited', 'also for a right one');
    const other = await register(app);
    const { valid } = (await app.services.functions.call(
      'licensing.verify',
      { activation_code: code, email: EMAIL },
      await callAs(app, other, '3'),
    )) as { valid: boolean };
    assert.equal(valid, false, 'others are asked as before');
  });
});
