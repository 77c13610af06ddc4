/** Tries of activation codes while the database does not count: nobody is taken for one of a crowd of guessers. */
import assert from 'node:assert/strict';
import { coreErrors } from '#core/errors.ts';
import type { RateLimit } from '#core/http/rate-limits.ts';
import { countTry } from '#plugins/robots/robots/brute-force-limit.ts';

it('a try that cannot be counted is refused as such, and costs none of the few', async () => {
  const counted = new Map<string, number>();
  const add = (name: string, points: number) => void counted.set(name, (counted.get(name) ?? 0) + points);
  const limits = {
    async consume({ name }: RateLimit) {
      if (name === 'robots.codes.all') throw coreErrors.unavailable();
      add(name, 1);
    },
    giveBack: async ({ name }: RateLimit) => add(name, -1),
  };
  await assert.rejects(countTry(limits, '192.0.2.1'), { code: 'unavailable' });
  assert.deepEqual([...counted], [['robots.codes.address', 0]]);
});
