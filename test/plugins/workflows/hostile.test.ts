/** What people with bad intentions, or bad luck, give the engine: nobody else suffers from it. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { register } from '#test/support/accounts.ts';
import { type Bench, definitionOf, startBench } from './support.ts';

describe('hostile input', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.app.stop());

  const emit = (type: string, data: unknown, more: object = {}) => {
    const { db, events, clock } = bench.app.services;
    const event = {
      specversion: '1.0' as const,
      id: crypto.randomUUID(),
      source: 'test://outside',
      type,
      data,
      time: new Date(clock.now()).toISOString(),
      datacontenttype: 'application/json' as const,
      ...more,
    };
    return db.transaction((trx) => events.publish(trx, event));
  };
  const countOf = async (name: string) =>
    (await bench.admin.get(`/api/platform/executions?name=${name}`)).body.items.length;
  const untilCount = async (name: string, count: number) => {
    for (let tries = 0; tries < 4_000; tries++) {
      if ((await countOf(name)) >= count) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`${name}: only ${await countOf(name)} executions`);
  };

  it('that is small but endless when written out is refused', async () => {
    await bench.publish('dag', "do: [ { d: { set: { x: '${ reduce range(60) as $i ([1]; [., .]) }' } } } ]");
    const { status, error } = await bench.run('dag');
    assert.deepEqual([status, error.status], ['faulted', 400]);
  });

  it('in an event is never taken for what a plugin says', async () => {
    const owner = await register(bench.app);
    const definition = definitionOf(
      'forger',
      `do: [ { e: { emit: { event: { with: { source: 'https://x.example', type: tenant.deleted, data: {} } } } } } ]`,
    );
    assert.equal((await owner.http.post('/api/platform/workflows', { definition })).status, 201);
    const { body } = await owner.http.post('/api/platform/workflows/test/forger/executions?wait=10', {});
    assert.deepEqual([body.status, body.error?.status], ['faulted', 403]);
  });

  it('in the metadata of a definition is refused', async () => {
    for (const options of [
      'keep: { days: soon }',
      'keep: { count: -1 }',
      'priority: high',
      'priority: 99999999999',
      'concurrency: { limit: 0 }',
      "concurrency: { limit: 1, key: '.a |' }",
      'hook: { secret: 5 }',
      'hook: {}',
      'logging: loud',
    ]) {
      const definition = definitionOf(
        'm',
        `# metadata: { patchbay: { ${options} } }\ndo: [ { a: { set: { a: 1 } } } ]`,
      );
      const answer = await bench.admin.post('/api/platform/workflows', { definition });
      assert.equal(answer.status, 422, `${options} ${answer.text}`);
      assert.equal(answer.body.errors[0].line, 6);
    }
  });

  it('in one schedule stops no other schedule', async () => {
    await bench.publish(
      'bad',
      `# metadata: { patchbay: { concurrency: { limit: 1, key: 'error("no key")' } } }
schedule: { every: { minutes: 1 } }
do: [ { a: { set: { a: 1 } } } ]`,
    );
    await bench.publish('good', 'schedule: { every: { minutes: 2 } }\ndo: [ { a: { set: { a: 1 } } } ]');
    await bench.app.clock.advance(130_000);
    await untilCount('good', 1);
  });

  it('in an event stops nobody else who listens', async () => {
    await bench.publish(
      'picky',
      `do: [ { l: { listen: { to: { one: { with: { type: odd }, correlate: { o: { from: .data.order.id } } } } } } } ]`,
    );
    await bench.publish('plain', 'do: [ { l: { listen: { to: { one: { with: { type: odd } } } } } } ]');
    await bench.publish(
      'started',
      `schedule: { on: { one: { with: { type: odd }, correlate: { o: { from: .data.order.id } } } } }\ndo: [ { a: { set: { a: 1 } } } ]`,
    );
    const ids = [await bench.start('picky'), await bench.start('plain')];
    for (const id of ids) await bench.until(id, ({ status }) => status === 'waiting');
    await emit('odd', 'a text');
    await bench.until(ids[1]!, ({ status }) => status === 'completed');
    assert.equal((await bench.look(ids[0]!)).status, 'waiting');
  });

  it('that correlates by a long value is gathered like any other', async () => {
    const filter = (type: string) => `{ with: { type: ${type} }, correlate: { order: { from: .data.order } } }`;
    await bench.publish(
      'both',
      `schedule: { on: { all: [ ${filter('paid')}, ${filter('packed')} ] } }\ndo: [ { a: { set: { a: 1 } } } ]`,
    );
    const long = 'x'.repeat(1000);
    await emit('paid', { order: `${long}1` });
    await emit('paid', { order: `${long}2` });
    await emit('packed', { order: `${long}2` });
    await untilCount('both', 1);
    await emit('packed', { order: `${long}1` });
    await untilCount('both', 2);
  });

  it('with long names starts as often as it was asked to', async () => {
    const long = 'n'.repeat(180);
    await bench.publish('child', '# metadata: { patchbay: { hook: true } }\ndo: [ { a: { set: { a: 1 } } } ]');
    await bench.publish(
      'loop',
      `do: [ { ${long}: { for: { in: '[1,2,3]' }, do: [ { ${long}: { call: workflows.start, with: { namespace: test, name: child } } } ] } } ]`,
    );
    assert.equal((await bench.run('loop')).status, 'completed');
    await untilCount('child', 3);

    await bench.publish(
      'heard',
      'schedule: { on: { one: { with: { type: far } } } }\ndo: [ { a: { set: { a: 1 } } } ]',
    );
    const source = `https://x.example/${'s'.repeat(270)}`;
    for (const id of ['one', 'two']) await emit('far', {}, { source, id: `${'i'.repeat(50)}${id}` });
    await emit('far', {}, { source: 'a', id: 'b:c' });
    await emit('far', {}, { source: 'a:b', id: 'c' });
    await untilCount('heard', 4);
    const key = (end: string) => ({ 'idempotency-key': `${'k'.repeat(200)}${end}` });
    const [one, two] = [
      await bench.app.http.post('/hooks/test/child', {}, key('1')),
      await bench.app.http.post('/hooks/test/child', {}, key('2')),
    ];
    assert.notEqual(one.body.id, two.body.id);
  });

  it('in a schedule that would never rest is refused', async () => {
    for (const period of ['every: PT0S', 'every: { milliseconds: 999 }', 'after: { seconds: 0 }', 'after: PT0.5S']) {
      const definition = definitionOf('restless', `schedule: { ${period} }\ndo: [ { a: { set: { a: 1 } } } ]`);
      const answer = await bench.admin.post('/api/platform/workflows', { definition });
      assert.equal(answer.status, 422, period);
      assert.match(answer.body.errors[0].message, /shortest period is one second/);
    }
    await bench.publish('calm', 'schedule: { every: { seconds: 1 } }\ndo: [ { a: { set: { a: 1 } } } ]');
  });

  it('of names too long to keep, and of times too far away, is refused or fails', async () => {
    const refused = async (body: string) => {
      const answer = await bench.admin.post('/api/platform/workflows', { definition: definitionOf('far', body) });
      assert.equal(answer.status, 422, answer.text);
    };
    await refused(`do: [ { ${'n'.repeat(201)}: { set: { a: 1 } } } ]`);
    await refused('do: [ { w: { wait: P99999999999999999W } } ]');
    await refused("schedule: { cron: '0 0 30 2 *' }\ndo: [ { a: { set: { a: 1 } } } ]");
    await refused('schedule: { every: P99999999999999999W }\ndo: [ { a: { set: { a: 1 } } } ]');
    await refused(`do: [ { l: { listen: { to: { one: { with: { type: ${'t'.repeat(201)} } } } } } } ]`);
    const name = 'n'.repeat(190);
    const deep = `{ ${name}: { do: [ { ${name}: { do: [ { ${name}: { set: { a: 1 } } } ] } } ] } }`;
    await bench.publish('deep', `do: [ ${deep} ]`);
    const { status, error } = await bench.run('deep');
    assert.deepEqual([status, error.status], ['faulted', 400]);
  });

  it('signed with an empty secret is not signed', async () => {
    await bench.admin.put('/api/platform/workflow-secrets/hookKey', { value: '' });
    await bench.publish(
      'signed',
      '# metadata: { patchbay: { hook: { secret: hookKey } } }\ndo: [ { a: { set: { ok: true } } } ]',
    );
    const body = '{}';
    const signature = `sha256=${createHmac('sha256', '').update(body).digest('hex')}`;
    const answer = await bench.app.http.send('POST', '/hooks/test/signed', body, { 'x-patchbay-signature': signature });
    assert.equal(answer.status, 401);
  });

  it('sent again later is refused when its signature has a time', async () => {
    await bench.admin.put('/api/platform/workflow-secrets/hookKey', { value: 'a key' });
    const publish = (more: string) =>
      bench.publish(
        'timed',
        `# metadata: { patchbay: { hook: { secret: hookKey${more} } } }\ndo: [ { a: { set: { ok: true } } } ]`,
      );
    const send = async (signed: string, time?: number) => {
      const signature = `sha256=${createHmac('sha256', 'a key').update(signed).digest('hex')}`;
      const headers = {
        'x-patchbay-signature': signature,
        ...(time !== undefined && { 'x-patchbay-timestamp': `${time}` }),
      };
      return (await bench.app.http.send('POST', '/hooks/test/timed', '{}', headers)).status;
    };
    const now = Math.floor(bench.app.clock.now() / 1000);
    for (const more of ['', ', timestamp: true']) {
      await publish(more);
      assert.equal(await send(`${now}.{}`, now), 202);
      assert.equal(await send(`${now - 299}.{}`, now - 299), 202);
      assert.equal(await send(`${now - 302}.{}`, now - 302), 401);
      assert.equal(await send(`${now + 302}.{}`, now + 302), 401);
      assert.equal(await send(`${now - 302}.{}`, now), 401);
      assert.equal(await send('{}', now), 401);
      assert.equal(await send('{}'), more === '' ? 202 : 401);
    }
  });

  it('a hook without a tenant leads to the platform before it leads to a tenant of the same name', async () => {
    const owner = await register(bench.app);
    const definition = definitionOf(
      'mine',
      '# metadata: { patchbay: { hook: true } }\ndo: [ { a: { set: { who: tenant } } } ]',
    );
    await owner.http.post('/api/platform/workflows', { definition });
    await bench.publish('mine', '# metadata: { patchbay: { hook: true } }\ndo: [ { a: { set: { who: platform } } } ]');
    assert.deepEqual((await bench.app.http.post('/hooks/test/mine?wait=10', {})).body.output, { who: 'platform' });
    const own = await bench.app.http.post(`/hooks/test/mine?wait=10&tenant=${owner.tenantId}`, {});
    assert.deepEqual(own.body.output, { who: 'tenant' });
  });

  describe('and secrets', () => {
    const stored = async (id: string) =>
      JSON.stringify(await bench.app.services.db.read('workflows_tasks').where({ execution_id: id }));

    it('in errors are encrypted too, also as a part of an address', async () => {
      await bench.admin.put('/api/platform/workflow-secrets/key', { value: 'a+secret/of=mine' });
      await bench.publish(
        'leak',
        `use: { secrets: [key] }
do:
- t:
    try:
    - call: { call: http, with: { method: get, endpoint: 'http://127.0.0.1:9/x', query: { key: '\${ $secrets.key }' } } }
    catch: { as: e, do: [ { keep: { set: { detail: '\${ $e.detail }' } } } ] }
- raise: { raise: { error: { type: 'https://x.example', status: 500, title: '\${ $secrets.key }' } } }`,
      );
      const { id } = await bench.run('leak');
      const shown = JSON.stringify(await bench.look(id));
      for (const text of [shown, await stored(id)]) {
        assert.ok(!text.includes('a+secret/of=mine'), text);
        assert.ok(!text.includes('a%2Bsecret%2Fof%3Dmine'), text);
      }
    });

    it('stay hidden when they are changed or removed', async () => {
      await bench.admin.put('/api/platform/workflow-secrets/key', { value: 'the old secret' });
      await bench.publish('keeps', `use: { secrets: [key] }\ndo: [ { a: { set: { x: '\${ $secrets.key }' } } } ]`);
      const { id } = await bench.run('keeps');
      await bench.admin.put('/api/platform/workflow-secrets/key', { value: 'the new secret' });
      assert.ok(!JSON.stringify(await bench.look(id)).includes('the old secret'));
      await bench.admin.delete('/api/platform/workflow-secrets/key');
      assert.ok(!JSON.stringify(await bench.look(id)).includes('the old secret'));
    });

    it('that look like numbers hide numbers, and the log can still be read', async () => {
      await bench.admin.put('/api/platform/workflow-secrets/pin', { value: '1234' });
      await bench.publish(
        'pin',
        `use: { secrets: [pin] }\ndo: [ { a: { set: { n: 912345, pin: '\${ $secrets.pin }' } } } ]`,
      );
      const { id } = await bench.run('pin');
      const shown = JSON.stringify(await bench.look(id));
      assert.ok(!shown.includes('1234'), shown);
    });
  });

  describe('long loops', () => {
    const loop = `do:
- loop:
    for: { in: '[range(6000)]' }
    do: [ { a: { set: { sum: '\${ [range(30)] | add }' } } } ]`;

    it('give way to others', async () => {
      await bench.publish('loop', loop);
      let isOver = false;
      const running = bench.run('loop').finally(() => {
        isOver = true;
      });
      let turns = 0;
      for (; !isOver; turns++) await new Promise(setImmediate);
      assert.equal((await running).status, 'completed');
      assert.ok(turns > 50, `${turns} turns`);
    });

    it('are in the database when somebody was told that they go on', async () => {
      await bench.publish('loop', loop.replaceAll('6000', '19000').replaceAll('range(30)', 'range(4000)'));
      const path = '/api/platform/workflows/test/loop/executions?wait=1';
      const started = await bench.admin.post(path, { input: {} });
      assert.equal(started.status, 202);
      assert.equal((await bench.look(started.body.id)).status, 'running');
      assert.equal((await bench.admin.post(`/api/platform/executions/${started.body.id}/cancel`)).status, 202);
      await bench.until(started.body.id, ({ status }) => status === 'cancelled');
    });
  });
});
