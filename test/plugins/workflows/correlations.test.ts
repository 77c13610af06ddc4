/** Everything that belongs to one matter is found by one value. */
import assert from 'node:assert/strict';
import { register } from '#test/support/accounts.ts';
import { testDatabase } from '#test/support/harness.ts';
import { type Bench, definitionOf, startBench } from './support.ts';

describe('correlations of executions', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.app.stop());
  afterEach(() => bench.clear());

  const find = async (value: string, more = '', http = bench.admin) => {
    const answer = await http.get(`/api/platform/executions?correlation=${encodeURIComponent(value)}${more}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.items;
  };
  const namesOf = async (value: string) => (await find(value)).map(({ name }: any) => name).sort();
  const post = async (event: object) => {
    const answer = await bench.admin.post('/api/platform/events', { source: 'test://shop', ...event });
    assert.equal(answer.status, 202, answer.text);
    await bench.app.services.jobs.idle();
  };
  const allEnded = async (value: string, count: number) => {
    for (let tries = 0; tries < 4_000; tries++) {
      await bench.app.services.jobs.idle();
      const found = await find(value);
      if (found.length === count && found.every((one: any) => one.ended_at !== null)) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`found ${JSON.stringify(await find(value))}`);
  };

  it('go on from a start to its children, its events, what these start, and its replays', async () => {
    await bench.publish('leaf', 'do: [ { a: { set: { a: 1 } } } ]');
    await bench.publish(
      'heard',
      `schedule: { on: { one: { with: { type: order.placed } } } }
do: [ { a: { call: workflows.start, with: { namespace: test, name: leaf } } } ]`,
    );
    await bench.publish(
      'order',
      `do:
- child: { run: { workflow: { namespace: test, name: leaf, version: '1.0.0' } } }
- tell: { emit: { event: { with: { source: 'test://order', type: order.placed } } } }`,
    );
    const { id, output } = await bench.run('order', {}, { correlation_id: 'order-17' });
    assert.equal(output.correlationid, 'order-17');
    await bench.run('order');
    const found = await allEnded('order-17', 4);
    assert.deepEqual(found.map(({ name }: any) => name).sort(), ['heard', 'leaf', 'leaf', 'order']);
    const seen = await bench.look(id);
    assert.deepEqual([seen.correlations, seen.origin.correlation_id], [['order-17'], 'order-17']);
    assert.equal('correlations' in found[0], false);
    const again = await bench.admin.post(`/api/platform/executions/${id}/replay?wait=10`);
    assert.deepEqual((await bench.look(again.body.id)).correlations, ['order-17']);
  });

  it('come with the header of a hook, and with an event from outside', async () => {
    await bench.publish(
      'both',
      '# metadata: { patchbay: { hook: true } }\nschedule: { on: { one: { with: { type: shop.sold } } } }\ndo: [ { a: { set: { a: 1 } } } ]',
    );
    const headers = { 'x-correlation-id': 'sale-3' };
    const hooked = await bench.app.http.post('/hooks/test/both', {}, headers);
    await post({ type: 'shop.sold', correlationid: 'sale-3' });
    const [first, second] = await allEnded('sale-3', 2);
    assert.deepEqual([second.id, first.origin.kind], [hooked.body.id, 'event']);
    // A start that somebody waits for is saved later than others.
    const waited = await bench.app.http.post('/hooks/test/both?wait=10', {}, { 'x-correlation-id': 'sale-4' });
    assert.equal((await find('sale-4'))[0].id, waited.body.id);
    const long = await bench.admin.post('/api/platform/events', {
      source: 'test://shop',
      type: 'shop.sold',
      correlationid: 'x'.repeat(201),
    });
    assert.equal(long.status, 422);
  });

  it('are what events that start a workflow have in common', async () => {
    const filter = (type: string) => `{ with: { type: ${type} }, correlate: { order: { from: .data.order } } }`;
    await bench.publish(
      'gathered',
      `schedule: { on: { all: [ ${filter('o.paid')}, ${filter('o.packed')} ] } }\ndo: [ { a: { set: { a: 1 } } } ]`,
    );
    await post({ type: 'o.paid', data: { order: { no: 5 } }, correlationid: 'payment' });
    await post({ type: 'o.packed', data: { order: { no: 6 } }, correlationid: 'other' });
    await post({ type: 'o.packed', data: { order: { no: 5 } }, correlationid: 'parcel' });
    const [only] = await allEnded('{"no":5}', 1);
    const { correlations, origin } = await bench.look(only.id);
    assert.deepEqual([correlations.sort(), origin.correlation_id], [['parcel', 'payment', '{"no":5}'], 'parcel']);
    assert.deepEqual(await find('other'), []);
  });

  it('are what a task that listens waits for, and what its first event has fixed', async () => {
    await bench.publish(
      'listens',
      `do:
- a:
    listen:
      to:
        all:
        - with: { type: l.one }
          correlate: { order: { from: .data.order, expect: .order }, part: { from: .data.part } }
        - with: { type: l.two }
          correlate: { part: { from: .data.part } }`,
    );
    const id = await bench.start('listens', { order: 'o-1' });
    await bench.until(id, ({ status }) => status === 'waiting');
    assert.deepEqual((await bench.look(id)).correlations, ['o-1']);
    await post({ type: 'l.one', data: { order: 'o-2', part: 7 } });
    assert.deepEqual(await find('7'), []);
    const strange = `7\0${'é'.repeat(300)}`;
    await post({ type: 'l.one', data: { order: 'o-1', part: strange } });
    const kept = `7${'é'.repeat(199)}`;
    assert.deepEqual((await find(kept, '&status=waiting&namespace=test&name=listens'))[0].id, id);
    await post({ type: 'l.two', data: { part: strange } });
    await bench.until(id, ({ status }) => status === 'completed');
    assert.deepEqual((await bench.look(id)).correlations.sort(), [kept, 'o-1']);
  });

  it('of a secret are not kept', async () => {
    await bench.admin.put('/api/platform/workflow-secrets/code', { value: 'a secret word' });
    await bench.publish(
      'secret',
      `use: { secrets: [code] }
do:
- word: { set: { word: '\${ $secrets.code }' } }
- a: { listen: { to: { one: { with: { type: s.x }, correlate: { code: { from: .data, expect: .word } } } } } }`,
    );
    const id = await bench.start('secret');
    await bench.until(id, ({ status }) => status === 'waiting');
    await post({ type: 's.x', data: 'a secret word' });
    await bench.until(id, ({ status }) => status === 'completed');
    assert.deepEqual((await bench.look(id)).correlations, []);
  });

  it('are found within the own tenant alone', async () => {
    const definition = definitionOf('mine', 'do: [ { a: { set: { a: 1 } } } ]');
    const people = [await register(bench.app), await register(bench.app)];
    for (const { http } of people) {
      assert.equal((await http.post('/api/platform/workflows', { definition })).status, 201);
      const path = '/api/platform/workflows/test/mine/executions?wait=10';
      assert.equal((await http.post(path, { correlation_id: 'same' })).status, 200);
    }
    for (const { http } of people) assert.equal((await find('same', '', http)).length, 1);
    const all = await find('same', '&limit=1');
    assert.equal(all.length, 1);
    assert.deepEqual(await namesOf('same'), ['mine', 'mine']);
  });

  it('go with their executions', async () => {
    const { db, workflowExecutions } = bench.app.services;
    const left = async () => Number((await db.read('workflows_correlations').count({ n: '*' }).first())?.n);
    const body = '# metadata: { patchbay: { keep: { count: 1 } } }\ndo: [ { a: { set: { a: 1 } } } ]';
    await bench.publish('kept', body);
    for (const correlation_id of ['one', 'two']) await bench.run('kept', {}, { correlation_id });
    assert.equal(await left(), 2);
    await workflowExecutions.prune();
    assert.deepEqual([await left(), (await find('two')).length], [1, 1]);
    await bench.admin.delete('/api/platform/workflows/test/kept');
    assert.equal(await left(), 0);
  });

  it('cost nothing where there are none', async () => {
    await bench.publish(
      'plain',
      "do: [ { a: { emit: { event: { with: { source: 'test://x', type: nobody.hears } } } } } ]",
    );
    const statements: string[] = [];
    bench.app.services.db.write.on('query', ({ sql }) => statements.push(sql));
    const { output } = await bench.run('plain');
    assert.equal('correlationid' in output, false);
    assert.ok(statements.some((sql) => sql.includes('workflows_executions')));
    assert.deepEqual(
      statements.filter((sql) => sql.includes('workflows_correlations')),
      [],
    );
  });

  it('are looked up by their index', async () => {
    if (testDatabase !== 'sqlite3') return;
    const { db } = bench.app.services;
    const watched: { sql: string; bindings: any[] }[] = [];
    db.read.on('query', (query) => query.sql.includes('workflows_correlations') && watched.push(query));
    const owner = await register(bench.app);
    const cursor = Buffer.from('[2,"-seq",0,1000000,1000000]').toString('base64url');
    for (const more of [
      '',
      '&status=completed',
      `&cursor=${cursor}`,
      '&namespace=test&name=x&created_at_from=2020-01-01T00:00:00Z',
    ]) {
      await find('order-17', more);
      await find('order-17', more, owner.http);
    }
    // With the count of a first page.
    assert.equal(watched.length, 8 + 6);
    for (const { sql, bindings } of [...watched]) {
      const rows: { detail: string }[] = await db.read.raw(`explain query plan ${sql}`, bindings);
      const [first, second] = rows
        .map(({ detail }) => detail)
        .filter((detail) => !/^CO-ROUTINE|^SCAN some/.test(detail));
      assert.match(first!, /^SEARCH workflows_correlations USING COVERING INDEX .*\(value=\?/);
      assert.match(second!, /^SEARCH workflows_executions USING INDEX workflows_executions_id_unique/);
    }
  });
});
