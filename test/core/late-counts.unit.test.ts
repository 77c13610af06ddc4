/** While the database stands still: what nobody was judged by is not counted against them afterwards. */
import assert from 'node:assert/strict';
import { createSharedCounts, type SharedCounts } from '#core/counts/shared-counts.ts';
import type { Database } from '#core/database/database.ts';
import { createRateLimits, type RateLimit } from '#core/http/rate-limits.ts';
import type { Logger } from '#core/observability/log.ts';

type Bindings = (string | number | (string | number)[])[];

/** A database that answers no statement before it is let go, as a lock or a full disk makes it. */
function stillDatabase() {
  const points = new Map<string, number>();
  let letGo = (): void => {};
  const free = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const raw = async (sql: string, bindings: Bindings) => {
    await free;
    if (sql.startsWith('update')) {
      const [less, , key] = bindings as [number, string, string];
      points.set(key, Math.max(0, (points.get(key) ?? 0) - less));
      return { rows: [] };
    }
    const [names, keys, given] = bindings as [string[], string[], number[]];
    return {
      rows: names.map((name, place) => {
        const key = keys[place] ?? '';
        points.set(key, (points.get(key) ?? 0) + (given[place] ?? 0));
        return { name, key, points: points.get(key), left_ms: 60_000 };
      }),
    };
  };
  const write = { raw, client: { config: { client: 'pg' } } };
  return { db: { soleWriter: false, write } as unknown as Database, points, letGo: () => letGo() };
}

describe('counts that come too late', () => {
  it('count nothing, whether they waited or were under way', async () => {
    const { db, points, letGo } = stillDatabase();
    const counts = createSharedCounts({ db });
    const count = { name: 'test.late', key: 'somebody', windowMs: 60_000 };
    const first = counts.add(count);
    await new Promise(setImmediate);
    const all = await Promise.allSettled([first, ...Array.from({ length: 12 }, () => counts.add(count))]);
    assert.ok(all.every((one) => one.status === 'rejected' && one.reason.code === 'unavailable'));
    letGo();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([...points.values()], [0]);
    assert.equal((await counts.add(count)).points, 1);
  });

  it('leave an open limit to this process, and a closed one says when to come back', async () => {
    const log = { warn() {} } as unknown as Logger;
    const { db } = stillDatabase();
    const limits = createRateLimits({ enabled: true, counts: createSharedCounts({ db }), log });
    const limit = (shared: 'open' | 'closed'): RateLimit => ({
      name: `test.${shared}`,
      points: 1,
      windowSeconds: 60,
      shared,
    });
    const [free, used, refused] = await Promise.allSettled([
      limits.consume(limit('open'), 'x'),
      limits.consume(limit('open'), 'x'),
      limits.consume(limit('closed'), 'x'),
    ]);
    assert.equal(free?.status, 'fulfilled');
    assert.equal(used?.status === 'rejected' && used.reason.code, 'rate_limited');
    assert.equal(refused?.status === 'rejected' && refused.reason.headers?.['retry-after'], '5');
    // What was right stays right.
    await limits.giveBack(limit('closed'), 'x');
  });
});

describe('a limit that is looked at while others count', () => {
  const limit: RateLimit = { name: 'test.guesses', points: 20, windowSeconds: 60, shared: 'closed' };
  const log = { warn() {} } as unknown as Logger;

  it('knows of the tries that came together with it', async () => {
    let counted = 0;
    const counts = {
      areNeeded: true,
      async add() {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return { points: ++counted, leftMs: 60_000 };
      },
      read: async () => null,
    } as unknown as SharedCounts;
    const limits = createRateLimits({ enabled: true, counts, log });
    await limits.check(limit, 'x');
    const wrong = Array.from({ length: 30 }, () => limits.consume(limit, 'x').catch(() => {}));
    await assert.rejects(limits.check(limit, 'x'), { code: 'rate_limited' });
    await Promise.all(wrong);
    await assert.rejects(limits.check(limit, 'x'), { code: 'rate_limited' });
  });

  it('forgets nothing for an answer that was under way longer', async () => {
    let answer = (_: null): void => {};
    const counts = {
      areNeeded: true,
      add: async () => ({ points: 20, leftMs: 60_000 }),
      read: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    } as unknown as SharedCounts;
    const limits = createRateLimits({ enabled: true, counts, log });
    const looked = limits.check(limit, 'x');
    await limits.consume(limit, 'x');
    answer(null);
    await assert.rejects(looked, { code: 'rate_limited' });
    await assert.rejects(limits.check(limit, 'x'), { code: 'rate_limited' });
  });
});
