/** A row that cannot be read, or work that cannot be saved, stops only itself, and not for ever. */
import assert from 'node:assert/strict';
import { type Bench, startBench } from './support.ts';

const is =
  (status: string) =>
  (execution: any): boolean =>
    execution.status === status;
const LISTEN = (type: string) => `do: [ { l: { listen: { to: { one: { with: { type: ${type} } } } } } } ]`;

describe('what is wrong with one execution', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.app.stop());

  const emit = async (type: string) => {
    const answer = await bench.admin.post('/api/platform/events', { source: 'test://poison', type, data: { a: 1 } });
    assert.equal(answer.status, 202, answer.text);
    await bench.app.services.jobs.idle();
  };
  const listening = async (name: string, type: string) => {
    await bench.publish(name, LISTEN(type));
    const id = await bench.start(name);
    await bench.until(id, is('waiting'));
    return id;
  };
  /** Lets time pass until it has ended. */
  const ended = async (id: string) => {
    for (let tries = 0; tries < 4_000; tries++) {
      await bench.app.clock.advance(20_000);
      const execution = await bench.look(id);
      if (execution.ended_at !== null) return execution;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return assert.fail('it has never ended');
  };

  it('is nothing when it waits as the first versions wrote it', async () => {
    const old = await listening('old', 'com.ops.go');
    const { db } = bench.app.services;
    const wait = await db.read('workflows_waits').where({ execution_id: old }).first();
    const { scope: _scope, ...detail } = JSON.parse(wait!.detail);
    await db
      .write('workflows_waits')
      .where({ execution_id: old })
      .update({ detail: JSON.stringify(detail) });
    const fresh = await listening('fresh', 'com.ops.go');
    await emit('com.ops.go');
    for (const id of [old, fresh]) assert.deepEqual((await bench.until(id, is('completed'))).output, [{ a: 1 }]);
  });

  it('keeps an event from nobody else who listens, and is said by the execution', async () => {
    const bad = await listening('bad', 'com.ops.go');
    const { db } = bench.app.services;
    await db.write('workflows_waits').where({ execution_id: bad }).update({ detail: '{"broken' });
    const good = await listening('good', 'com.ops.go');
    await emit('com.ops.go');
    await bench.until(good, is('completed'));
    await bench.until(bad, is('faulted'));
    assert.deepEqual(await db.read('core_jobs'), []);
  });

  it('keeps no schedule from running that stands behind it', async () => {
    const every = 'schedule: { every: { minutes: 1 } }\ndo: [ { a: { set: { a: 1 } } } ]';
    await bench.publish('broken', every);
    await bench.publish('right', every);
    const { db } = bench.app.services;
    await db
      .write('workflows_definitions')
      .whereIn('workflow_id', db.write('workflows_workflows').where({ name: 'broken' }).select('id'))
      .update({ definition: '{"broken' });
    bench = { ...bench, app: await bench.app.restart() };
    await bench.app.clock.advance(61_000);
    for (let tries = 0; tries < 4_000; tries++) {
      const row = await bench.app.services.db.read('workflows_executions').first();
      if (row) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.fail('the other one did not run');
  });

  it('that is never saved ends it visibly, with the reason', async () => {
    const { workflowCheckpoints } = bench.app.services;
    const { save } = workflowCheckpoints;
    let tries = 0;
    workflowCheckpoints.save = async (checkpoint) => {
      if (checkpoint.newWaits.length === 0) return save(checkpoint);
      tries++;
      throw new Error('invalid byte sequence');
    };
    await bench.publish('never', LISTEN('n'));
    const end = await ended(await bench.start('never'));
    assert.equal(end.status, 'faulted');
    assert.match(end.error.detail, /begun 10 times.*invalid byte sequence/);
    assert.equal(tries, 11);
  });

  it('that cannot be opened ends it visibly, and its place is for others', async () => {
    await bench.admin.put('/api/platform/workflow-secrets/token', { value: 'very secret' });
    await bench.publish('sealed', `use: { secrets: [token] }\ndo: [ { w: { wait: PT1M } } ]`);
    const id = await bench.start('sealed');
    await bench.until(id, is('waiting'));
    const { db, workflowEngine } = bench.app.services;
    await db.write('workflows_secrets').update({ value: 'sealed by another secret' });
    const row = () => db.read('workflows_executions').where({ id }).first();
    for (let tries = 0; tries < 4_000 && (await row())?.ended_at === null; tries++) {
      await bench.app.clock.advance(61_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const end = await row();
    assert.deepEqual([end?.status, /begun 10 times/.test(end?.error ?? '')], ['faulted', true]);
    assert.equal(workflowEngine.loaded(), 0);
  });

  it('ends it also when nobody lived to tell: each time that it was begun counts', async () => {
    await bench.publish('deadly', 'do: [ { w: { wait: PT1M } } ]');
    const id = await bench.start('deadly');
    await bench.until(id, is('waiting'));
    const { db } = bench.app.services;
    // As a process leaves it that ended in the middle of the tenth try.
    await db.write('workflows_executions').where({ id }).update({ status: 'running', failures: 10 });
    bench = { ...bench, app: await bench.app.restart() };
    const { db: again } = bench.app.services;
    for (let tries = 0; tries < 4_000; tries++) {
      const row = await again.read('workflows_executions').where({ id }).first();
      if (row?.status === 'faulted') return assert.match(row.error ?? '', /the process ended while it ran/);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.fail('it is still tried');
  });
});
