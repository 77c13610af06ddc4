/** Tokens are verified once, and again when they are over. */
import assert from 'node:assert/strict';
import { manualClock } from '#core/clock.ts';
import { rememberTokens } from '#core/security/verified-tokens.ts';

describe('verified tokens', () => {
  it('are verified once until they end, and not remembered when they are refused', async () => {
    const clock = manualClock(0);
    const asked: string[] = [];
    const claimsOf = rememberTokens(clock, async (token) => {
      asked.push(token);
      if (token === 'forged' || clock.now() >= 60_000) throw new Error(`${token} is refused`);
      return { exp: 60, sub: token };
    });
    assert.deepEqual(await claimsOf('one'), { exp: 60, sub: 'one' });
    assert.equal((await claimsOf('one')).sub, 'one');
    assert.equal((await claimsOf('two')).sub, 'two');
    for (let times = 0; times < 2; times++) await assert.rejects(claimsOf('forged'), /refused/);
    await clock.advance(60_000);
    await assert.rejects(claimsOf('one'), /refused/);
    assert.deepEqual(asked, ['one', 'two', 'forged', 'forged', 'one']);
  });
});
