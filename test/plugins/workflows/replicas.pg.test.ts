/** Two replicas on one PostgreSQL: what one of them does, the other hears. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type Person, register } from '#test/support/accounts.ts';
import { dropDatabase, freshDatabase, testDatabase } from '#test/support/harness.ts';
import { proxyOf, type TcpProxy } from '#test/support/tcp-proxy.ts';
import { type Bench, definitionOf, startBench } from './support.ts';

const is =
  (status: string) =>
  (execution: any): boolean =>
    execution.status === status;

if (testDatabase === 'pg') {
  describe('workflows on two replicas', () => {
    let one: Bench;
    let two: Bench;
    before(async () => {
      const database = await freshDatabase();
      one = await startBench({ database });
      two = await startBench({ database, dataDir: one.app.dataDir, clock: one.app.clock });
    });
    after(async () => {
      await one.app.platform.stop();
      await two.app.stop();
    });

    const jobsOf = async (type: string) =>
      (await one.app.services.db.write('core_jobs').where({ name: 'workflows.event' })).filter(({ payload }) =>
        payload.includes(type),
      ).length;
    const emit = async (bench: Bench, type: string) => {
      const answer = await bench.admin.post('/api/platform/events', { source: 'test://replicas', type });
      assert.equal(answer.status, 202, answer.text);
    };
    const publishFor = async (bench: Bench, person: Person, name: string, body: string) => {
      const http = bench.app.http.bearer(person.accessToken);
      const answer = await http.post('/api/platform/workflows', { definition: definitionOf(name, body) });
      assert.equal(answer.status, 201, answer.text);
    };

    it('hear of lifecycle events that happen at the other one, from the moment at which they listen', async () => {
      const type = 'io.serverlessworkflow.workflow.completed.v1';
      await one.publish(
        'watcher',
        `do: [ { l: { listen: { to: { one: { with: { type: ${type}, data: '\${ .output.mark == "here" }' } } } } } } ]`,
      );
      await one.publish('told', 'do: [ { a: { set: { mark: here } } } ]');
      for (let round = 0; round < 5; round++) {
        const id = await one.start('watcher');
        await one.until(id, is('waiting'));
        assert.equal((await two.run('told')).status, 'completed');
        await one.until(id, is('completed'));
      }
    });

    it('start at once what the other one has just published, by events and by schedules', async () => {
      for (let round = 0; round < 5; round++) {
        await one.publish(
          `on-${round}`,
          `schedule: { on: { one: { with: { type: e.${round} } } } }\ndo: [ { a: { set: { a: 1 } } } ]`,
        );
        await emit(two, `e.${round}`);
        await until(
          async () => (await one.admin.get(`/api/platform/executions?name=on-${round}`)).body.items.length === 1,
        );
      }
      await one.publish('soon', 'schedule: { after: { hours: 1 } }\ndo: [ { a: { set: { a: 1 } } } ]');
      await until(async () => (await one.admin.get('/api/platform/executions?name=soon')).body.items.length === 1);
    });

    it('make no job of an event that nobody wants', async () => {
      const { enqueueAll } = two.app.services.jobs;
      const enqueued: string[] = [];
      two.app.services.jobs.enqueueAll = async (trx, jobs) => {
        enqueued.push(...jobs.map(({ payload }) => (payload as { type?: string }).type ?? ''));
        return enqueueAll(trx, jobs);
      };
      await emit(two, 'nobody.wants');
      await two.publish(
        'quiet',
        'do: [ { e: { emit: { event: { with: { source: "test://q", type: also.nobody } } } } } ]',
      );
      assert.equal((await two.run('quiet')).status, 'completed');
      two.app.services.jobs.enqueueAll = enqueueAll;
      assert.deepEqual(
        enqueued.filter((type) => /nobody/.test(type)),
        [],
      );
      assert.equal(await jobsOf('nobody'), 0);
    });

    it('show live what the other one runs', async () => {
      await one.publish('steps', 'do: [ { a: { set: { a: 1 } } }, { w: { wait: PT1H } }, { b: { set: { b: 1 } } } ]');
      const id = await one.start('steps');
      await one.until(id, is('waiting'));
      const response = await fetch(`${two.app.url}/api/platform/executions/${id}/stream`, {
        headers: { authorization: `Bearer ${'root-token-for-tests-0123456789'}` },
      });
      const text = response.text();
      await one.app.clock.advance(3_601_000);
      assert.match(await text, /"reference":"\/do\/2\/b"[\s\S]*event: end/);
    });

    it('are not held up by cancellations that come together', async () => {
      await one.publish('w', 'schedule: { after: { hours: 5 } }\ndo: [ { w: { wait: PT1H } } ]');
      const ids = await Promise.all(Array.from({ length: 16 }, () => one.start('w')));
      for (const id of ids) await one.until(id, is('waiting'));
      const answers = await Promise.all(
        ids.map((id, place) => (place % 2 ? one : two).admin.post(`/api/platform/executions/${id}/cancel`)),
      );
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [202]);
      for (const id of ids) assert.equal((await two.look(id)).status, 'cancelled');
    });

    it('stop what runs of a tenant that is suspended at the other one', async () => {
      const owner = await register(one.app);
      await publishFor(one, owner, 'resting', 'do: [ { w: { wait: PT1M } }, { d: { set: { done: true } } } ]');
      const http = one.app.http.bearer(owner.accessToken);
      const { id } = (await http.post('/api/platform/workflows/test/resting/executions', {})).body;
      await one.until(id, is('waiting'));
      await two.admin.patch(`/api/v2/admin/tenants/${owner.tenantId}`, { status: 'suspended' });
      await pause(200);
      await one.app.clock.advance(61_000);
      await pause(1_200);
      assert.equal((await one.look(id)).status, 'waiting');
      await two.admin.patch(`/api/v2/admin/tenants/${owner.tenantId}`, { status: 'active' });
      await one.until(id, is('completed'));
    });

    async function until(isSo: () => Promise<boolean>): Promise<void> {
      for (let tries = 0; tries < 4_000; tries++) {
        if (await isSo()) return;
        await pause(20);
      }
      assert.fail('it never came to that');
    }
  });

  describe('workflows behind connections that are cut', () => {
    let bench: Bench;
    let proxy: TcpProxy;
    let database: Awaited<ReturnType<typeof freshDatabase>>;
    before(async () => {
      database = await freshDatabase();
      const through = await proxyOf(String(database.connection));
      proxy = through.proxy;
      bench = await startBench({ database: { ...database, connection: through.connection, silenceSeconds: 1 } });
    });
    after(async () => {
      await bench.app.platform.stop();
      await proxy.stop();
      await dropDatabase(database);
    });

    it('all come to their end', async () => {
      await bench.publish(
        'steps',
        `# metadata: { patchbay: { hook: true } }
do: [ { a: { run: { script: { language: js, code: "1" } } } }, { w: { wait: PT1S } }, { b: { run: { script: { language: js, code: "2" } } } } ]`,
      );
      const ids: string[] = [];
      let isOver = false;
      const callers = Array.from({ length: 6 }, async () => {
        while (!isOver) {
          const { status, body } = await bench.app.http.post('/hooks/test/steps', {});
          if (status === 202) ids.push(body.id);
          await pause(20);
        }
      });
      for (let round = 0; round < 12; round++) {
        // However slow the machine is, something is accepted between two cuts.
        const before = ids.length;
        do await pause(150);
        while (ids.length === before);
        if (round % 2 === 0) proxy.cut();
        else proxy.cutAtNextWord();
        await bench.app.clock.advance(1_100);
      }
      isOver = true;
      await Promise.all(callers);
      assert.ok(ids.length > 10, `${ids.length} were accepted`);
      const { db, workflowEngine } = bench.app.services;
      const count = () => db.write('workflows_executions').whereNull('ended_at').count({ total: '*' }).first();
      // The last cut comes with the next word, which may be this one's.
      const open = async () => Number((await count().catch(() => ({ total: 1 })))?.total);
      // A busy machine takes its time over the scripts.
      for (let tries = 0; tries < 4_000 && (await open()) > 0; tries++) {
        await pause(50);
        await bench.app.clock.advance(2_000);
      }
      assert.equal(await open(), 0);
      assert.equal(workflowEngine.loaded(), 0);
      const rows = await db.write('workflows_executions').whereIn('id', ids);
      assert.deepEqual([...new Set(rows.map(({ status }) => status))], ['completed']);
      assert.equal(rows.length, ids.length);
    }).timeout(180_000);
  });
}
