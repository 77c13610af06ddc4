/** Looking for what is due: no more often than it helps, and not by a clock that was wrong. */
import assert from 'node:assert/strict';
import Type from 'typebox';
import { manualClock } from '#core/clock.ts';
import { testDatabase } from '#test/support/harness.ts';
import { benchOf, startBench } from './support.ts';

const DAY = 86_400_000;
const is =
  (status: string) =>
  (execution: any): boolean =>
    execution.status === status;

describe('waits and schedules', () => {
  it('are not asked for again and again while a tenant has all its places', async () => {
    const bench = await startBench({ plugins: { workflows: { maxPerTenant: 1 } } as any });
    const { functions, db } = bench.app.services;
    const gate = Promise.withResolvers<void>();
    functions.add({
      name: 'test.gate',
      summary: 'Waits',
      access: { scope: 'workflows:run', tenant: false },
      input: Type.Object({}),
      output: Type.Unknown(),
      run: () => gate.promise.then(() => ({})),
    });
    try {
      await bench.publish('w', 'do: [ { w: { wait: PT1M } } ]');
      const waiting = await bench.start('w');
      await bench.until(waiting, is('waiting'));
      await bench.publish('held', 'do: [ { c: { call: test.gate } } ]');
      const held = await bench.start('held');
      await bench.until(held, ({ tasks }) => tasks.length === 1);
      await bench.app.clock.advance(61_000);
      let asked = 0;
      db.write.on('query', ({ sql }: { sql: string }) => {
        if (sql.includes('workflows_waits')) asked++;
      });
      // Each move of the clock is followed by one look, of two queries; what asks by itself after a pause asks once more.
      for (let count = 0; count < 15; count++) {
        const before = asked;
        await bench.app.clock.advance(20);
        while (asked < before + 2) await new Promise(setImmediate);
      }
      // On PostgreSQL a look follows each move of the clock, which only tests make; it would hide what is asked for here.
      if (testDatabase !== 'pg') assert.ok(asked <= 40, `${asked} queries`);
      gate.resolve();
      await bench.until(held, is('completed'));
      await bench.until(waiting, is('completed'));
    } finally {
      await bench.app.stop();
    }
  });

  it('that a clock planned which was a day ahead are taken back, also those that wait', async () => {
    const ahead = manualClock(Date.now() + DAY);
    const bench = await startBench({ clock: ahead });
    await bench.publish('every', 'schedule: { every: { seconds: 2 } }\ndo: [ { a: { set: { a: 1 } } } ]');
    await bench.publish('cron', 'schedule: { cron: "* * * * *" }\ndo: [ { a: { set: { a: 1 } } } ]');
    await bench.publish('w', 'do: [ { w: { wait: PT6S } }, { d: { set: { done: true } } } ]');
    const id = await bench.start('w');
    await bench.until(id, is('waiting'));
    const ask = "call: workflows.approve, with: { to: boss@example.com, title: 'Spend it?' }";
    await bench.publish('asks', `do: [ { a: { ${ask}, timeout: { after: PT1H } } } ]`);
    const asks = await bench.start('asks');
    await bench.until(asks, is('waiting'));
    await bench.app.platform.stop();

    const right = manualClock(Date.now());
    const again = benchOf(
      (await startBench({ clock: right, dataDir: bench.app.dataDir, database: databaseOf(bench.app.services) })).app,
    );
    try {
      const { db } = again.app.services;
      const until = async (isSo: () => Promise<boolean>) => {
        for (let tries = 0; tries < 4_000 && !(await isSo()); tries++) await new Promise((go) => setTimeout(go, 10));
        assert.ok(await isSo());
      };
      await right.advance(1_000);
      const isPlanned = async () =>
        (await db.read('workflows_schedules')).every(({ next_at }) => Number(next_at) <= right.now() + 60_000);
      await until(isPlanned);
      await right.advance(10_000);
      await again.until(id, is('completed'));
      const started = async () => (await again.admin.get('/api/platform/executions?name=every')).body.items;
      await until(async () => (await started()).length >= 1);
      await right.advance(59 * 60_000);
      assert.equal((await again.look(asks)).status, 'waiting');
      await right.advance(2 * 60_000);
      assert.equal((await again.until(asks, is('faulted'))).error.status, 408);
    } finally {
      await again.app.stop();
    }
  });
});

describe('a schedule that a clock has begun which was a day ahead', () => {
  it('begins again when its time has really come', async () => {
    const nine = Date.UTC(2026, 2, 3, 9);
    const ahead = manualClock(nine - 30_000);
    const bench = await startBench({ clock: ahead });
    await bench.publish('daily', "schedule: { cron: '0 9 * * *' }\ndo: [ { a: { set: { a: 1 } } } ]");
    const begun = async (one: typeof bench) =>
      (await one.admin.get('/api/platform/executions?name=daily')).body.items.length;
    const until = async (one: typeof bench, count: number) => {
      for (let tries = 0; tries < 4_000 && (await begun(one)) !== count; tries++)
        await new Promise((go) => setTimeout(go, 10));
      assert.equal(await begun(one), count);
    };
    await ahead.advance(60_000);
    await until(bench, 1);
    await bench.app.platform.stop();

    const right = manualClock(nine - DAY + 60_000);
    const again = benchOf(
      (await startBench({ clock: right, dataDir: bench.app.dataDir, database: databaseOf(bench.app.services) })).app,
    );
    try {
      const { db } = again.app.services;
      for (let tries = 0; tries < 4_000; tries++) {
        const row = await db.read('workflows_schedules').first();
        if (Number(row?.next_at) === nine) break;
        await new Promise((go) => setTimeout(go, 10));
      }
      await right.advance(DAY);
      await until(again, 2);
    } finally {
      await again.app.stop();
    }
  });
});

describe('executions that a replica had whose clock was a day ahead', () => {
  it('are taken over after its end', async () => {
    if (testDatabase !== 'pg') return;
    const bench = await startBench({ clock: manualClock(Date.now()) });
    try {
      await bench.publish('w', 'do: [ { w: { wait: PT6S } }, { d: { set: { done: true } } } ]');
      const id = await bench.start('w');
      await bench.until(id, is('waiting'));
      const { app } = bench;
      const cutOff = { status: 'running' as const, locked_by: 'gone', locked_until: app.clock.now() + DAY };
      await app.services.db.write('workflows_executions').where({ id }).update(cutOff);
      await app.clock.advance(2 * 60 * 60_000);
      await bench.until(id, is('completed'));
    } finally {
      await bench.app.stop();
    }
  });
});

function databaseOf(services: { coreConfig: { database: object } }): Record<string, unknown> {
  return { ...services.coreConfig.database };
}
