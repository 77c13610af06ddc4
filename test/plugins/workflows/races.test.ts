/** What happens between two awaits: nothing is lost, stuck or done by two, whatever comes when. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { catchMails } from '#test/support/accounts.ts';
import { freshDatabase, testDatabase } from '#test/support/harness.ts';
import { type Bench, benchOf, startBench } from './support.ts';

describe('executions, between two moments', () => {
  let bench: Bench;
  let outside: Server;
  let url: string;
  let calls: string[];
  let answer: (path: string) => Promise<number> | number;
  before(async () => {
    outside = createServer(async (request, response) => {
      calls.push(request.url ?? '');
      response.writeHead(await answer(request.url ?? ''), { 'content-type': 'application/json' }).end('{}');
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
    bench = await startBench();
  });
  after(async () => {
    await bench.app.stop();
    outside.close();
  });
  beforeEach(() => {
    calls = [];
    answer = () => 200;
  });
  afterEach(() => bench.clear());

  const steer = (id: string, verb: string) => bench.admin.post(`/api/platform/executions/${id}/${verb}`);
  const is =
    (wanted: string) =>
    ({ status }: any) =>
      status === wanted;
  const seen = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  /** Calls `first` ahead of each checkpoint; what it throws is what the database says. */
  const onSave = (first: (checkpoint: any) => Promise<void> | void) => {
    const { workflowCheckpoints } = bench.app.services;
    const { save } = workflowCheckpoints;
    workflowCheckpoints.save = async (checkpoint) => {
      await first(checkpoint);
      return save(checkpoint);
    };
    return () => {
      workflowCheckpoints.save = save;
    };
  };
  const emit = async (type: string, data: unknown) => {
    const { db, events, clock, jobs } = bench.app.services;
    const time = new Date(clock.now()).toISOString();
    const rest = { specversion: '1.0' as const, source: 'test://x', datacontenttype: 'application/json' as const };
    await db.transaction((trx) => events.publish(trx, { ...rest, id: crypto.randomUUID(), time, type, data }));
    await jobs.idle();
  };

  it('are woken also when what they wait for ends while waits are being read', async () => {
    const again = "do: [ { a: { run: { workflow: { namespace: test, name: self, version: '1.0.0' } } } } ]";
    await bench.publish('self', again);
    // Twenty deep, side by side: ends and looks at waits fall together in every way.
    const begun = await Promise.all(Array.from({ length: 4 }, () => bench.run('self')));
    for (const { id } of begun) await bench.until(id, is('faulted'));
  }).timeout(60_000);

  it('a task whose result could not be saved has not failed: it is done again with the same key', async () => {
    await bench.publish(
      'full',
      `do:
- t:
    try: [ { c: { call: http, with: { method: post, endpoint: '${url}/c' } } } ]
    catch: { do: [ { wrong: { set: { caught: true } } } ] }
- d: { set: { done: true } }`,
    );
    let isFull = true;
    const restore = onSave(({ tasks }) => {
      if (isFull && tasks.some((task: any) => task.reference.endsWith('/c') && task.status === 'completed')) {
        throw new Error('database or disk is full');
      }
    });
    const id = await bench.start('full');
    await seen(() => calls.length === 1);
    await seen(() => bench.app.services.workflowEngine.loaded() === 0);
    isFull = false;
    restore();
    await bench.app.clock.advance(2_000);
    const end = await bench.until(id, is('completed'));
    assert.deepEqual([end.output, calls.length], [{ done: true }, 2]);
  });

  it('who waits for an execution that could not be saved is told so', async () => {
    await bench.publish('c', `do: [ { c: { call: http, with: { method: post, endpoint: '${url}/c' } } } ]`);
    const restore = onSave(() => {
      throw new Error('database or disk is full');
    });
    const { status, error } = await bench.run('c');
    restore();
    assert.equal(status, 'faulted');
    assert.match(error.detail, /could not be saved/);
    assert.equal(calls.length, 0);
  });

  it('a claim that fails is tried again', async () => {
    await bench.publish('w', 'do: [ { w: { wait: PT1H } }, { d: { set: { done: true } } } ]');
    const id = await bench.start('w');
    await bench.until(id, is('waiting'));
    const { db } = bench.app.services;
    const { transaction } = db;
    db.transaction = async () => {
      throw new Error('database or disk is full');
    };
    await bench.app.clock.advance(3_601_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    db.transaction = transaction;
    await bench.app.clock.advance(2_000);
    await bench.until(id, is('completed'));
  });

  it('a call that is broken off has not failed: not by a suspension, and not when the process stops', async () => {
    const called: string[] = [];
    const slow = defineFunction({
      name: 'test.slow',
      summary: 'Breaks off as most libraries do',
      access: { scope: 'workflows:run', tenant: false },
      input: Type.Object({}),
      output: Type.Unknown(),
      run: (_input, { signal }) =>
        new Promise((resolve, reject) => {
          called.push('slow');
          if (called.length > 2) resolve({ ok: true });
          else signal?.addEventListener('abort', () => reject(new Error('The operation was aborted')));
        }),
    });
    await bench.app.stop();
    // What a restart finds under way is taken up at once, and needs its functions by then.
    bench = await startBench({ parts: { functions: [slow] } });
    await bench.publish('slow', 'do: [ { c: { call: test.slow } } ]');
    const id = await bench.start('slow');
    await seen(() => called.length === 1);
    await steer(id, 'suspend');
    await bench.until(id, is('suspended'));
    await steer(id, 'resume');
    await seen(() => called.length === 2);
    const stopping = bench.app.restart();
    bench = benchOf(await stopping);
    const end = await bench.until(id, ({ ended_at, tasks }) => ended_at !== null || tasks.length > 0);
    assert.notEqual(end.status, 'faulted', JSON.stringify(end));
  });

  it('an expression that fails elsewhere has not failed when its execution was stopped meanwhile', async () => {
    await bench.publish('endless', "do: [ { a: { set: { n: '${ [range(1000000000)] | length }' } } } ]");
    const id = await bench.start('endless');
    await bench.app.services.workflowEngine.suspend(id);
    const end = await bench.until(id, ({ status }) => status === 'suspended' || status === 'faulted');
    assert.equal(end.status, 'suspended', JSON.stringify(end));
  });

  it('a place is kept by who is suspended and resumed while others wait for it', async () => {
    await bench.publish(
      'one',
      '# metadata: { patchbay: { concurrency: { limit: 1 } } }\ndo: [ { w: { wait: PT1H } } ]',
    );
    const [first, second] = [await bench.start('one'), await bench.start('one')];
    await bench.until(first, is('waiting'));
    assert.equal((await bench.look(second)).status, 'pending');
    await steer(first, 'suspend');
    await steer(first, 'resume');
    await bench.until(first, is('waiting'));
    // Who has no place yet gets none by this.
    await steer(second, 'suspend');
    await steer(second, 'resume');
    await bench.app.services.workflowEngine.idle();
    assert.equal((await bench.look(second)).status, 'pending');
    await bench.app.clock.advance(3_601_000);
    await bench.until(first, is('completed'));
    await bench.until(second, is('waiting'));
  });

  it('a cancellation is heard while the execution is being put away', async () => {
    await bench.publish('w', 'do: [ { w: { wait: PT1H } } ]');
    for (const [verb, status] of [
      ['cancel', 'cancelled'],
      ['suspend', 'suspended'],
    ] as const) {
      const held = Promise.withResolvers<void>();
      let isHeld = false;
      const restore = onSave(async ({ execution }) => {
        if (execution.status !== 'waiting') return;
        isHeld = true;
        await held.promise;
      });
      const id = await bench.start('w');
      await seen(() => isHeld);
      assert.equal((await steer(id, verb)).status, 202);
      held.resolve();
      restore();
      await bench.until(id, is(status));
    }
  });

  it('a cancellation is heard that finds the execution just being woken', async () => {
    const held = Promise.withResolvers<number>();
    answer = () => held.promise;
    await bench.publish(
      'w',
      `do: [ { w: { wait: PT1H } }, { c: { call: http, with: { method: post, endpoint: '${url}/c' } } } ]`,
    );
    const id = await bench.start('w');
    await bench.until(id, is('waiting'));
    const { db, workflowEngine } = bench.app.services;
    const { transaction } = db;
    db.transaction = async (work) => {
      db.transaction = transaction;
      await bench.app.clock.advance(3_601_000);
      await seen(() => calls.length === 1);
      return transaction(work);
    };
    await workflowEngine.cancel(id);
    held.resolve(200);
    await seen(() => workflowEngine.loaded() === 0);
    assert.equal((await bench.look(id)).status, 'cancelled');
  });

  it('a decision is heard that was made while the execution says that it waits again', async () => {
    const mails = catchMails(bench.app);
    await bench.publish(
      'f',
      `do:
- f:
    fork:
      branches:
      - ask: { call: workflows.approve, with: { to: boss@example.com } }
      - later: { wait: PT1H }`,
    );
    const id = await bench.start('f');
    await bench.until(id, is('waiting'));
    await bench.app.services.jobs.idle();
    const { token } = mails[0]!;
    let isDecided = false;
    const restore = onSave(async ({ newWaits }) => {
      if (isDecided || !newWaits.some(({ kind }: any) => kind === 'approval')) return;
      isDecided = true;
      await bench.app.services.workflowApprovals.decide(token, true, '');
    });
    await bench.app.clock.advance(3_601_000);
    const end = await bench.until(id, is('completed'));
    restore();
    assert.equal(end.output[0].approved, true);
    assert.equal(mails.length, 1);
  });

  it('what a listener has received outlives a stop in the middle of other work', async () => {
    const held = Promise.withResolvers<number>();
    answer = () => held.promise;
    await bench.publish(
      'l',
      `do:
- f:
    fork:
      branches:
      - both: { listen: { to: { all: [ { with: { type: e.one } }, { with: { type: e.two } } ] } } }
      - call: { call: http, with: { method: post, endpoint: '${url}/c' } }`,
    );
    const id = await bench.start('l');
    // An event that comes before somebody listens is not for them.
    while (calls.length === 0 || !(await bench.app.services.db.read('workflows_waits').first('id')))
      await new Promise((resolve) => setTimeout(resolve, 5));
    await emit('e.one', 1);
    bench = benchOf(await bench.app.restart());
    held.resolve(200);
    await emit('e.two', 2);
    const end = await bench.until(id, is('completed'));
    assert.deepEqual(end.output[0], [1, 2]);
  });

  it('gathered events are kept until what they start has started', async () => {
    await bench.publish(
      'both',
      'schedule: { on: { all: [ { with: { type: g.one } }, { with: { type: g.two } } ] } }\ndo: [ { a: { set: { n: "${ length }" } } } ]',
    );
    const { workflowEngine, jobs } = bench.app.services;
    const { start } = workflowEngine;
    await emit('g.one', 1);
    let failures = 0;
    workflowEngine.start = async () => {
      failures++;
      throw new Error('the process ends here');
    };
    await emit('g.two', 2);
    await seen(() => failures > 0);
    workflowEngine.start = start;
    await bench.app.clock.advance(60_000);
    await jobs.idle();
    const { items } = (await bench.admin.get('/api/platform/executions?name=both')).body;
    assert.equal(items.length, 1);
    assert.deepEqual((await bench.until(items[0].id, is('completed'))).output, { n: 2 });
    assert.equal((await bench.app.services.db.read('workflows_gathered')).length, 0);
  });

  it('a workflow that failed with the one that it ran runs another one when it is tried again', async () => {
    answer = () => (calls.length < 2 ? 500 : 200);
    await bench.publish('child', `do: [ { c: { call: http, with: { method: post, endpoint: '${url}/c' } } } ]`);
    await bench.publish(
      'parent',
      "do: [ { r: { run: { workflow: { namespace: test, name: child, version: '1.0.0' } } } } ]",
    );
    const id = await bench.start('parent');
    await bench.until(id, is('faulted'));
    await steer(id, 'retry');
    await bench.until(id, is('completed'));
    assert.equal(calls.length, 2);
  });

  it('a workflow is told when the one that it waits for is removed', async () => {
    await bench.publish('child', 'do: [ { w: { wait: PT1H } } ]');
    await bench.publish(
      'parent',
      "do: [ { r: { run: { workflow: { namespace: test, name: child, version: '1.0.0' } } } } ]",
    );
    const id = await bench.start('parent');
    await bench.until(id, is('waiting'));
    await bench.admin.delete('/api/platform/workflows/test/child');
    await bench.until(id, is('faulted'));
  });

  it('what a removed workflow waits for is cancelled', async () => {
    await bench.publish('child', 'do: [ { w: { wait: PT1H } } ]');
    const run = "run: { workflow: { namespace: test, name: child, version: '1.0.0' } }";
    await bench.publish('parent', `do: [ { r: { ${run} } } ]`);
    const id = await bench.start('parent');
    await bench.until(id, is('waiting'));
    const [child] = (await bench.admin.get('/api/platform/executions?name=child')).body.items;
    await bench.admin.delete('/api/platform/workflows/test/parent');
    await bench.until(child.id, is('cancelled'));
  });

  it('a workflow that is removed while it runs stops', async () => {
    const held = Promise.withResolvers<number>();
    answer = () => held.promise;
    await bench.publish('r', `do: [ { c: { call: http, with: { method: post, endpoint: '${url}/c' } } } ]`);
    const id = await bench.start('r');
    await seen(() => calls.length === 1);
    assert.equal((await bench.admin.delete('/api/platform/workflows/test/r')).status, 204);
    assert.equal(bench.app.services.workflowEngine.loaded(), 0);
    held.resolve(200);
    assert.equal((await bench.admin.get(`/api/platform/executions/${id}`)).status, 404);
  });

  it('a schedule goes on after its execution was cancelled while it waited', async () => {
    await bench.publish('after', 'schedule: { after: PT1H }\ndo: [ { w: { wait: PT10M } } ]');
    const list = async () => (await bench.admin.get('/api/platform/executions?name=after')).body.items;
    let items = await list();
    while (items.length === 0) items = await list();
    await bench.until(items[0].id, is('waiting'));
    await steer(items[0].id, 'cancel');
    await bench.app.clock.advance(3_601_000);
    for (let tries = 0; items.length < 2 && tries < 4_000; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      items = await list();
    }
    assert.equal(items.length, 2);
  });

  it('exports of branches are restored in the order in which they happened', async () => {
    await bench.publish(
      'ctx',
      `do:
- f:
    fork:
      branches:
      - a: { do: [ { wa: { wait: PT2M } }, { ea: { set: { a: 1 }, export: { as: '\${ ($context // []) + ["a"] }' } } } ] }
      - b: { do: [ { wb: { wait: PT1M } }, { eb: { set: { b: 1 }, export: { as: '\${ ($context // []) + ["b"] }' } } } ] }
      - c: { wait: PT1H }
- end: { set: { context: '\${ $context }' } }`,
    );
    const id = await bench.start('ctx');
    for (const ms of [61_000, 61_000, 3_600_000]) {
      await bench.until(id, is('waiting'));
      await bench.app.clock.advance(ms);
      await bench.app.services.workflowEngine.idle();
    }
    assert.deepEqual((await bench.until(id, is('completed'))).output, { context: ['b', 'a'] });
  });

  it('data that looks like something encrypted is data', async () => {
    await bench.publish(
      'echo',
      '# metadata: { patchbay: { hook: true } }\ndo: [ { a: { set: "${ . }" } }, { w: { wait: PT1M } } ]',
    );
    const input = { $sealed: 'no seal at all' };
    for (let count = 0; count < 3; count++) {
      const { status, body } = await bench.app.http.post('/hooks/test/echo', input);
      assert.equal(status, 202);
      await bench.until(body.id, is('waiting'));
      await bench.app.clock.advance(61_000);
      const end = await bench.until(body.id, is('completed'));
      assert.deepEqual([end.input, end.output], [input, input]);
    }
    assert.equal(bench.app.services.workflowEngine.loaded(), 0);
  });

  it('a try that waits is over in time, also out of memory', async () => {
    await bench.publish(
      'late',
      `do:
- t:
    try: [ { l: { listen: { to: { one: { with: { type: never } } } } } } ]
    catch: { retry: { limit: { attempt: { count: 1, duration: PT1M } } }, do: [ { d: { set: { late: true } } } ] }`,
    );
    const id = await bench.start('late');
    for (const ms of [61_000, 61_000]) {
      await bench.until(id, is('waiting'));
      await bench.app.clock.advance(ms);
      await bench.app.services.workflowEngine.idle();
    }
    assert.deepEqual((await bench.until(id, is('completed'))).output, { late: true });
  });

  it('branches that wait together are saved together', async () => {
    const branches = Array.from({ length: 200 }, (_, index) => `      - b${index}: { wait: PT1H }`).join('\n');
    await bench.publish('wide', `do:\n- f:\n    fork:\n      branches:\n${branches}`);
    let saves = 0;
    const restore = onSave(() => {
      saves++;
    });
    const id = await bench.start('wide');
    await bench.until(id, is('waiting'));
    restore();
    assert.ok(saves < 10, `${saves} checkpoints`);
    await bench.app.clock.advance(3_601_000);
    assert.equal((await bench.until(id, is('completed'))).output.length, 200);
  });

  it('what waited too long is forgotten, and wakes nobody again', async () => {
    await bench.publish(
      'late',
      `do:
- t:
    try: [ { l: { listen: { to: { one: { with: { type: never } } } }, timeout: { after: PT1M } } } ]
    catch: {}
- w: { wait: PT1H }`,
    );
    const id = await bench.start('late');
    await bench.until(id, is('waiting'));
    await bench.app.clock.advance(61_000);
    await bench.until(id, ({ status, tasks }) => status === 'waiting' && tasks.length === 3);
    const { db, workflowEngine } = bench.app.services;
    assert.deepEqual(await db.read('workflows_wait_types'), []);
    assert.equal((await db.read('workflows_waits')).length, 1);
    assert.equal(workflowEngine.loaded(), 0);
  });

  it('nothing is left of what a branch waited for that lost', async () => {
    await bench.publish(
      'race',
      `do:
- f:
    fork:
      compete: true
      branches:
      - late: { listen: { to: { one: { with: { type: never } } } } }
      - soon: { set: { a: 1 } }
- later: { wait: PT1M }`,
    );
    const id = await bench.start('race');
    await bench.until(id, is('waiting'));
    const { db } = bench.app.services;
    const keys = (await db.read('workflows_waits')).map(({ kind }) => kind);
    assert.deepEqual([keys, await db.read('workflows_wait_types')], [['timer'], []]);
  });
});

describe('executions on several replicas', () => {
  if (testDatabase !== 'pg') return;

  it('hear of a cancellation by another one while they are being put away', async () => {
    const database = await freshDatabase();
    const one = await startBench({ database });
    const two = await startBench({ database, dataDir: one.app.dataDir, clock: one.app.clock });
    try {
      await one.publish('w', 'do: [ { w: { wait: PT1H } } ]');
      const held = Promise.withResolvers<void>();
      const isHeld = Promise.withResolvers<void>();
      const { workflowCheckpoints } = one.app.services;
      const { save } = workflowCheckpoints;
      workflowCheckpoints.save = async (checkpoint) => {
        if (checkpoint.execution?.status === 'waiting') {
          isHeld.resolve();
          await held.promise;
        }
        return save(checkpoint);
      };
      const id = await one.start('w');
      await isHeld.promise;
      assert.equal((await two.admin.post(`/api/platform/executions/${id}/cancel`)).status, 202);
      held.resolve();
      await two.until(id, ({ status }) => status === 'cancelled');
    } finally {
      await one.app.platform.stop();
      await two.app.stop();
    }
  });

  it('are left to the one that took them over by the one that was silent', async () => {
    const database = await freshDatabase();
    const bench = await startBench({ database });
    try {
      const held = Promise.withResolvers<void>();
      bench.app.services.functions.add({
        name: 'test.held',
        summary: 'Waits',
        access: { scope: 'workflows:run', tenant: false },
        input: Type.Object({}),
        output: Type.Unknown(),
        run: () => held.promise.then(() => ({ by: 'the silent one' })),
      });
      await bench.publish('h', 'do: [ { c: { call: test.held } } ]');
      const id = await bench.start('h');
      await bench.until(id, ({ tasks }) => tasks.length === 1);
      const { db } = bench.app.services;
      const locked_until = bench.app.clock.now() + 30_000;
      await db.write('workflows_executions').where({ id }).update({ locked_by: 'another replica', locked_until });
      held.resolve();
      while (bench.app.services.workflowEngine.loaded() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      const row = await db.write('workflows_executions').where({ id }).first();
      assert.deepEqual([row?.status, row?.locked_by], ['running', 'another replica']);
      assert.equal((await bench.look(id)).tasks[0].status, 'running');
    } finally {
      await bench.app.stop();
    }
  });
});
