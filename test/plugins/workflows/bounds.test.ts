/** Workflows that multiply are stopped, and keep no other tenant waiting. */
import assert from 'node:assert/strict';
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { type Person, register } from '#test/support/accounts.ts';
import { type Bench, definitionOf, startBench } from './support.ts';

describe('one execution', () => {
  let bench: Bench;
  before(async () => {
    const workflows = { maxLogBytes: 2_000_000, maxDataBytes: 100_000 };
    bench = await startBench({ plugins: { workflows } as any });
  });
  after(() => bench.app.stop());

  it('whose tasks hold more together than a log may ends with a sentence, and is shown in part', async () => {
    await bench.publish(
      'much',
      `do: [ { f: { for: { each: i, in: '[range(1000)]' }, do: [ { a: { set: '\${ . }' } } ] } } ]`,
    );
    const { status, error, id } = await bench.run('much', { x: 'x'.repeat(90_000) });
    assert.equal(status, 'faulted');
    assert.match(error.detail, /The log of the execution is larger than 2000000 bytes/);
    assert.ok((await bench.look(id)).tasks.length < 50);
  });

  it('that listens takes no more events than a task may hold', async () => {
    await bench.publish(
      'hears',
      'do: [ { l: { listen: { to: { any: [ { with: { type: flood } } ], until: { one: { with: { type: never } } } } } } } ]',
    );
    const id = await bench.start('hears');
    await bench.until(id, ({ status }) => status === 'waiting');
    const event = { type: 'flood', source: 'test://flood', data: { x: 'x'.repeat(40_000) } };
    for (let count = 0; count < 4; count++)
      assert.equal((await bench.admin.post('/api/platform/events', event)).status, 202);
    const { error } = await bench.until(id, ({ status }) => status === 'faulted');
    assert.match(error.detail, /The events that have come are larger than what a task may hold/);
  });
});

describe('executions, many at once', () => {
  let bench: Bench;
  let ada: Person;
  let bob: Person;
  before(async () => {
    const workflows = { maxRunning: 4, maxPerTenant: 3, maxFamily: 25, maxOpenPerTenant: 60, maxDepth: 7 };
    bench = await startBench({ plugins: { workflows } as any });
    [ada, bob] = [await register(bench.app), await register(bench.app)];
  });
  after(() => bench.app.stop());

  const publish = async (person: Person, name: string, body: string) => {
    const answer = await person.http.post('/api/platform/workflows', { definition: definitionOf(name, body) });
    assert.equal(answer.status, 201, answer.text);
  };
  const start = (person: Person, name: string, query = '') =>
    person.http.post(`/api/platform/workflows/test/${name}/executions${query}`, {});
  const rows = (person: Person) =>
    bench.app.services.db.read('workflows_executions').where({ tenant_id: person.tenantId });
  const cleaned = async (person: Person) => {
    const ids = (await rows(person)).filter(({ ended_at }) => ended_at === null).map(({ id }) => id);
    for (const id of ids) await bench.admin.post(`/api/platform/executions/${id}/cancel`);
    await bench.app.services.workflowEngine.idle();
  };

  for (const [how, twice] of [
    ['by running workflows', '{ run: { workflow: { namespace: test, name: bomb, version: latest }, await: false } }'],
    ['by calling for their start', '{ call: workflows.start, with: { namespace: test, name: bomb } }'],
    ['by events', "{ emit: { event: { with: { source: 'test://bomb', type: bomb.again } } } }"],
  ] as const) {
    it(`that multiply ${how} end, and others run meanwhile`, async () => {
      const schedule = how === 'by events' ? 'schedule: { on: { one: { with: { type: bomb.again } } } }\n' : '';
      await publish(ada, 'bomb', `${schedule}do: [ { a: ${twice} }, { b: ${twice} } ]`);
      await publish(bob, 'small', 'do: [ { a: { set: { done: true } } } ]');
      const before = (await rows(ada)).length;
      assert.equal((await start(ada, 'bomb')).status, 202);
      for (let count = 0; count < 5; count++) {
        const answer = await start(bob, 'small', '?wait=20');
        assert.deepEqual([answer.status, answer.body.status], [200, 'completed'], answer.text);
      }
      // Without a limit of the family there would be 255 of them, 128 in the last generation.
      for (let tries = 0; tries < 30; tries++) {
        await bench.app.services.jobs.idle();
        await bench.app.services.workflowEngine.idle();
      }
      const all = await rows(ada);
      assert.ok(all.length - before < 200, `${all.length - before} executions`);
      assert.ok(all.every(({ root_id, depth }) => (root_id === null) === (depth === 0)));
      await cleaned(ada);
    });
  }

  it('that multiply stop with their tenant', async () => {
    const eve = await register(bench.app);
    const again = '{ run: { workflow: { namespace: test, name: bomb, version: latest }, await: false } }';
    await publish(eve, 'bomb', `do: [ { a: ${again} }, { b: ${again} } ]`);
    await start(eve, 'bomb');
    await bench.admin.patch(`/api/v2/admin/tenants/${eve.tenantId}`, { status: 'suspended' });
    const { workflowEngine } = bench.app.services;
    while (workflowEngine.loaded() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const before = (await rows(eve)).length;
    await bench.app.clock.advance(60_000);
    await workflowEngine.idle();
    assert.equal((await rows(eve)).length, before);
    await bench.admin.delete(`/api/v2/admin/tenants/${eve.tenantId}`);
    await bench.app.services.jobs.idle();
    assert.equal((await rows(eve)).length, 0);
  });

  it('of one tenant are refused beyond the limit, with a sentence, and only those', async () => {
    const carl = await register(bench.app);
    await publish(
      carl,
      'one',
      '# metadata: { patchbay: { concurrency: { limit: 1 } } }\ndo: [ { w: { wait: PT1H } } ]',
    );
    const answers = [];
    for (let count = 0; count < 70; count++) answers.push(await start(carl, 'one'));
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length >= 5 && refused.length <= 15, `${refused.length} refused`);
    assert.equal(refused[0]?.body.code, 'too_many_executions');
    assert.match(refused[0]?.text ?? '', /60 executions of the tenant/);
    assert.equal((await start(bob, 'small', '?wait=20')).status, 200);
    await cleaned(carl);
  });

  it('are taken up in turn: who comes last does not wait for all that came before', async () => {
    const dora = await register(bench.app);
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const ordered = defineFunction({
      name: 'test.ordered',
      summary: 'Notes who was here',
      access: { scope: 'workflows:run', tenant: true },
      input: Type.Object({}),
      output: Type.Object({}),
      async run(_input, { tenantId }) {
        order.push(tenantId === dora.tenantId ? 'dora' : 'bob');
        await gate.promise;
        return {};
      },
    });
    bench.app.declare({ functions: [ordered] });
    for (const person of [dora, bob]) {
      await publish(
        person,
        'ordered',
        `# metadata: { patchbay: { priority: ${person === dora ? 1000 : -1000} } }\ndo: [ { c: { call: test.ordered } } ]`,
      );
    }
    for (let count = 0; count < 30; count++) await start(dora, 'ordered');
    while (order.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    for (let count = 0; count < 5; count++) await start(bob, 'ordered');
    gate.resolve();
    await bench.app.services.workflowEngine.idle();
    assert.equal(order.length, 35);
    assert.ok(order.lastIndexOf('bob') < 25, order.join(' '));
  });
});
