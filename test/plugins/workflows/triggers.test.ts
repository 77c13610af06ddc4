/** What starts and wakes executions: events, schedules, HTTP, people. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catchMails, register } from '#test/support/accounts.ts';
import { type Bench, definitionOf, startBench } from './support.ts';

let bench: Bench;

const emit = (type: string, data: unknown, more: object = {}) => {
  const { db, events } = bench.app.services;
  const event = {
    specversion: '1.0' as const,
    id: crypto.randomUUID(),
    source: 'test://outside',
    type,
    data,
    time: new Date(bench.app.clock.now()).toISOString(),
    datacontenttype: 'application/json' as const,
    ...more,
  };
  return db.transaction((trx) => events.publish(trx, event));
};
const executions = async (name: string) => (await bench.admin.get(`/api/platform/executions?name=${name}`)).body.items;
const ended = async (name: string, count: number) => {
  for (let tries = 0; tries < 4_000; tries++) {
    await bench.app.services.jobs.idle();
    const found = await executions(name);
    if (found.length >= count && found.every((item: any) => item.ended_at !== null)) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${name}: ${JSON.stringify(await executions(name))}`);
};

describe('triggers of workflows', () => {
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.app.stop());
  afterEach(() => bench.clear());

  it('starts a workflow for an event that matches, once for each event', async () => {
    await bench.publish(
      'hot',
      `schedule: { on: { one: { with: { type: sensor.read, data: '\${ .degrees > 38 }' } } } }
do: [ { note: { set: { degrees: '\${ .[0].data.degrees }', from: '\${ .[0].source }' } } } ]`,
    );
    await emit('sensor.read', { degrees: 37 });
    await emit('sensor.read', { degrees: 39 }, { id: 'same' });
    await emit('sensor.read', { degrees: 39 }, { id: 'same' });
    await emit('other.read', { degrees: 50 });
    const [only, ...more] = await ended('hot', 1);
    assert.equal(more.length, 0);
    assert.deepEqual((await bench.look(only.id)).output, { degrees: 39, from: 'test://outside' });
  });

  describe('gathering events', () => {
    const gathered = () => bench.app.services.db.write('workflows_gathered');
    const both = async (correlate = '') => {
      const filter = (type: string) => `{ with: { type: ${type} }${correlate} }`;
      await bench.publish(
        'pairs',
        `schedule: { on: { all: [ ${filter('paid')}, ${filter('packed')} ] } }
do: [ { note: { set: { numbers: '\${ map(.data.number) }' } } } ]`,
      );
    };
    const settled = () => bench.app.services.jobs.idle();

    it('begins another set with a second event of a kind', async () => {
      await both();
      for (const [type, number] of [
        ['paid', 1],
        ['paid', 2],
        ['packed', 3],
        ['packed', 4],
      ] as const) {
        await emit(type, { number });
        await settled();
      }
      const ids = (await ended('pairs', 2)).map(({ id }: any) => id).reverse();
      const outputs = await Promise.all(ids.map(async (id: string) => (await bench.look(id)).output.numbers));
      assert.deepEqual(outputs, [
        [1, 3],
        [2, 4],
      ]);
      assert.deepEqual(await gathered(), []);
    });

    it('takes an event that comes again once', async () => {
      await both();
      for (const id of ['a', 'a', 'b', 'a']) {
        await emit('paid', { number: 1 }, { id });
        await settled();
      }
      assert.equal((await gathered()).length, 2);
    });

    it('forgets what stays incomplete', async () => {
      await both();
      await emit('paid', { number: 1 });
      await settled();
      await bench.app.services.workflowExecutions.prune();
      assert.equal((await gathered()).length, 1);
      await gathered().update({ created_at: bench.app.clock.now() - 31 * 86_400_000 });
      await bench.app.services.workflowExecutions.prune();
      assert.deepEqual(await gathered(), []);
    });

    it('keeps a thousand sets of a workflow, the newest', async () => {
      await both();
      const { db } = bench.app.services;
      const row = await db.read('workflows_workflows').where({ name: 'pairs' }).first();
      const received = (number: number) =>
        JSON.stringify({
          received: [{ filter: 0, event: { id: String(number), source: 'x', type: 'paid', data: { number } } }],
          correlation: {},
        });
      for (let hundred = 0; hundred < 12; hundred++) {
        const rows = Array.from({ length: 100 }, (_, index) => hundred * 100 + index).map((number) => ({
          workflow_id: row!.id,
          correlation: `set ${number}`,
          received: received(number),
          created_at: 1,
        }));
        await db.write('workflows_gathered').insert(rows);
      }
      await emit('packed', { number: 'last' });
      const [only] = await ended('pairs', 1);
      assert.deepEqual((await bench.look(only.id)).output, { numbers: [200, 'last'] });
      assert.equal((await gathered()).length, 999);
    });
  });

  it('gathers all events that belong together before it starts', async () => {
    const filter = (type: string) => `{ with: { type: ${type} }, correlate: { order: { from: .data.order } } }`;
    await bench.publish(
      'both',
      `schedule: { on: { all: [ ${filter('order.paid')}, ${filter('order.packed')} ] } }
do: [ { note: { set: { types: '\${ map(.type) | sort }', order: '\${ .[0].data.order }' } } } ]`,
    );
    await emit('order.paid', { order: 1 });
    await emit('order.packed', { order: 2 });
    await bench.app.services.jobs.idle();
    assert.equal((await executions('both')).length, 0);
    await emit('order.packed', { order: 1 });
    const [only] = await ended('both', 1);
    assert.deepEqual((await bench.look(only.id)).output, { types: ['order.packed', 'order.paid'], order: 1 });
  });

  it('gathers events by values of any length', async () => {
    const filter = (type: string) => `{ with: { type: ${type} }, correlate: { text: { from: .data } } }`;
    await bench.publish(
      'long',
      `schedule: { on: { all: [ ${filter('l.a')}, ${filter('l.b')}, ${filter('l.c')} ] } }
do: [ { note: { set: { last: '\${ .[0].data[-1:] }' } } } ]`,
    );
    const same = 'x'.repeat(1000);
    for (const type of ['l.a', 'l.b', 'l.c']) {
      for (const last of ['1', '2']) {
        await emit(type, same + last);
        await bench.app.services.jobs.idle();
      }
    }
    const found = await ended('long', 2);
    const outputs = await Promise.all(found.map(async ({ id }: any) => (await bench.look(id)).output.last));
    assert.deepEqual(outputs.sort(), ['1', '2']);
  });

  it('wakes who listens, by correlation, and keeps what came while the process was down', async () => {
    await bench.publish(
      'payment',
      `do:
- pay:
    listen:
      to: { one: { with: { type: payment.done }, correlate: { order: { from: .data.order, expect: .order } } } }
- done: { set: { paid: '\${ .[0].amount }' } }`,
    );
    const ids = await Promise.all([1, 2].map((order) => bench.start('payment', { order })));
    for (const id of ids) await bench.until(id, ({ status }) => status === 'waiting');
    assert.equal(bench.app.services.workflowEngine.loaded(), 0);
    await emit('payment.done', { order: 2, amount: 7 });
    const second = await bench.until(ids[1]!, ({ status }) => status === 'completed');
    assert.deepEqual(second.output, { paid: 7 });
    assert.equal((await bench.look(ids[0]!)).status, 'waiting');
  });

  it('listens for any until enough have come, and works on each', async () => {
    await bench.publish(
      'vitals',
      `do:
- collect:
    listen:
      to: { any: [ { with: { type: v.temp } }, { with: { type: v.pulse } } ], until: '. | length == 3' }
- sum: { set: { sum: '\${ map(.n) | add }' } }`,
    );
    await bench.publish(
      'each',
      `do:
- collect:
    listen: { to: { any: [ { with: { type: v.temp } } ], until: { one: { with: { type: v.stop } } } } }
    foreach: { item: event, do: [ { twice: { set: { twice: '\${ $event.n * 2 }' } } } ] }`,
    );
    const vitals = await bench.start('vitals');
    const each = await bench.start('each');
    for (const id of [vitals, each]) await bench.until(id, ({ status }) => status === 'waiting');
    for (const [type, n] of [
      ['v.temp', 1],
      ['v.pulse', 2],
      ['v.temp', 3],
      ['v.stop', 0],
    ] as const) {
      await emit(type, { n });
      await bench.app.services.jobs.idle();
    }
    assert.deepEqual((await bench.until(vitals, ({ status }) => status === 'completed')).output, { sum: 6 });
    assert.deepEqual((await bench.until(each, ({ status }) => status === 'completed')).output, [
      { twice: 2 },
      { twice: 6 },
    ]);
  });

  it('shows no tenant the events of another', async () => {
    const owner = await register(bench.app);
    const definition = definitionOf(
      'mine',
      'schedule: { on: { one: { with: { type: t.x } } } }\ndo: [ { a: { set: { a: 1 } } } ]',
    );
    assert.equal((await owner.http.post('/api/platform/workflows', { definition })).status, 201);
    await emit('t.x', {}, { tenantid: 'someone-else' });
    await emit('t.x', {}, { tenantid: owner.tenantId });
    await ended('mine', 1);
    const { items } = (await owner.http.get('/api/platform/executions')).body;
    assert.equal(items.length, 1);
    const stranger = await register(bench.app);
    assert.equal((await stranger.http.get(`/api/platform/executions/${items[0].id}`)).status, 404);
    assert.equal((await stranger.http.post(`/api/platform/executions/${items[0].id}/cancel`)).status, 404);
    assert.deepEqual((await stranger.http.get('/api/platform/executions')).body.items, []);
  });

  it('takes events from outside, of the own tenant alone and never in a plugin’s name', async () => {
    const owner = await register(bench.app);
    const definition = definitionOf(
      'outside',
      'schedule: { on: { one: { with: { type: shop.sold } } } }\ndo: [ { a: { set: { sold: "${ .[0].data.item }" } } } ]',
    );
    await owner.http.post('/api/platform/workflows', { definition });
    const event = { id: 'sale-1', source: 'https://shop.example', type: 'shop.sold', data: { item: 'hat' } };
    const stranger = await register(bench.app);
    for (const http of [owner.http, owner.http, stranger.http]) {
      assert.deepEqual((await http.post('/api/platform/events', event)).body, { id: 'sale-1' });
    }
    await ended('outside', 1);
    const { items } = (await owner.http.get('/api/platform/executions')).body;
    assert.equal(items.length, 1);
    assert.deepEqual((await owner.http.get(`/api/platform/executions/${items[0].id}`)).body.output, { sold: 'hat' });
    const forged = await owner.http.post('/api/platform/events', { ...event, type: 'tenant.deleted' });
    assert.equal(forged.status, 403);
    assert.equal((await bench.app.http.post('/api/platform/events', event)).status, 401);
  });

  it('starts on schedules, once for what was missed while it was down', async () => {
    await bench.publish('often', 'schedule: { every: { minutes: 10 } }\ndo: [ { a: { set: { a: 1 } } } ]');
    await bench.publish('nightly', "schedule: { cron: '0 3 * * *' }\ndo: [ { a: { set: { a: 1 } } } ]");
    await bench.publish('after', 'schedule: { after: PT1H }\ndo: [ { w: { wait: PT10M } } ]');
    while ((await executions('after')).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await bench.app.clock.advance(11 * 60_000);
    await ended('often', 1);
    await ended('after', 1);
    await bench.app.clock.advance(24 * 3600_000);
    assert.equal((await ended('nightly', 1)).length, 1);
    assert.ok((await ended('often', 2)).length >= 2);
  });

  it('starts again so long after an end, also when it was cancelled while it waited', async () => {
    await bench.publish('again', 'schedule: { after: PT1H }\ndo: [ { w: { wait: P1D } } ]');
    const waiting = async (count: number) => {
      for (let tries = 0; tries < 4_000; tries++) {
        const found = await executions('again');
        if (found.length === count && found[0].status === 'waiting') return found[0].id;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(JSON.stringify(await executions('again')));
    };
    const id = await waiting(1);
    assert.equal((await bench.admin.post(`/api/platform/executions/${id}/cancel`)).status, 202);
    await bench.app.clock.advance(3_601_000);
    await waiting(2);
  });

  describe('over HTTP', () => {
    it('answers at once or with the output, the same for the same key', async () => {
      await bench.publish(
        'echo',
        '# metadata: { patchbay: { hook: true } }\ndo: [ { a: { set: { got: "${ . }" } } } ]',
      );
      const { http } = bench.app;
      const waited = await http.post('/hooks/test/echo?wait=10', { x: 1 });
      assert.deepEqual([waited.status, waited.body.status, waited.body.output], [200, 'completed', { got: { x: 1 } }]);
      assert.equal((await bench.look(waited.body.id)).tasks.length, 1);
      const key = { 'idempotency-key': 'order-1' };
      const [first, second] = [
        await http.post('/hooks/test/echo', { x: 2 }, key),
        await http.post('/hooks/test/echo', { x: 2 }, key),
      ];
      assert.equal(first.status, 202);
      assert.equal(first.body.id, second.body.id);
      assert.equal((await http.post('/hooks/test/nobody', {})).status, 404);
      assert.equal((await http.send('POST', '/hooks/test/echo', '{broken')).status, 400);
      await bench.admin.patch('/api/platform/workflows/test/echo', { enabled: false });
      assert.equal((await http.post('/hooks/test/echo', {})).status, 409);
    });

    it('asks for a signature where the workflow does', async () => {
      await bench.admin.put('/api/platform/workflow-secrets/hookKey', { value: 'a signing key' });
      await bench.publish(
        'signed',
        '# metadata: { patchbay: { hook: { secret: hookKey } } }\ndo: [ { a: { set: { ok: true } } } ]',
      );
      const body = JSON.stringify({ x: 1 });
      const send = (key: string) =>
        bench.app.http.send('POST', '/hooks/test/signed?wait=5', body, {
          'x-patchbay-signature': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
        });
      assert.equal((await send('a wrong key')).status, 401);
      assert.equal((await bench.app.http.send('POST', '/hooks/test/signed', body)).status, 401);
      assert.equal((await send('a signing key')).status, 200);
    });

    it('leaves nothing behind of an execution without log that nobody was told of', async () => {
      await bench.publish(
        'silent',
        '# metadata: { patchbay: { logging: none, hook: true } }\ndo: [ { a: { set: { ok: true } } } ]',
      );
      const { body } = await bench.app.http.post('/hooks/test/silent?wait=5', {});
      assert.deepEqual(body.output, { ok: true });
      assert.equal((await executions('silent')).length, 0);
    });
  });

  it('lets a person decide by a mailed link', async () => {
    const mails = catchMails(bench.app);
    await bench.publish(
      'refund',
      `do:
- ask: { call: workflows.approve, with: { to: boss@example.com, title: 'Refund?', text: '\${ "\\(.amount) Euro" }' } }
- decide:
    switch:
    - yes: { when: .approved, then: pay }
    - no: { then: decline }
- pay: { set: { paid: true }, then: end }
- decline: { set: { paid: false } }`,
    );
    const id = await bench.start('refund', { amount: 12 });
    await bench.until(id, ({ status }) => status === 'waiting');
    await bench.app.services.jobs.idle();
    assert.deepEqual([mails[0]!.to, mails[0]!.subject], ['boss@example.com', 'Refund?']);
    const { token } = mails[0]!;
    const { http } = bench.app;
    assert.equal((await http.get('/workflows/approve')).status, 200);
    const shown = (await http.get(`/api/platform/approvals?token=${encodeURIComponent(token)}`)).body;
    assert.deepEqual(shown, { title: 'Refund?', text: '12 Euro', decided: null });
    assert.equal(
      (await http.post('/api/platform/approvals', { token: token.slice(0, -4), approved: true })).status,
      403,
    );
    const decided = await http.post('/api/platform/approvals', { token, approved: true, comment: 'fine' });
    assert.deepEqual([decided.status, decided.body.decided], [200, true]);
    assert.deepEqual((await bench.until(id, ({ status }) => status === 'completed')).output, { paid: true });
    assert.equal((await http.post('/api/platform/approvals', { token, approved: false })).status, 403);
  });

  it('decides by the link of the newest mail alone when it is asked again', async () => {
    const mails = catchMails(bench.app);
    await bench.publish(
      'again',
      `do:
- ask: { call: workflows.approve, with: { to: boss@example.com }, timeout: { after: { days: 1 } } }`,
    );
    const id = await bench.start('again');
    const asked = async (count: number) => {
      for (let tries = 0; mails.length < count && tries < 4_000; tries++) await new Promise((go) => setTimeout(go, 10));
      await bench.until(id, ({ status }) => status === 'waiting');
    };
    await asked(1);
    await bench.app.clock.advance(86_400_001);
    await bench.until(id, ({ status }) => status === 'faulted');
    await bench.admin.post(`/api/platform/executions/${id}/retry`);
    await asked(2);
    const [first, second] = mails.map(({ token }) => token);
    const { http } = bench.app;
    for (const answer of [
      await http.get(`/api/platform/approvals?token=${encodeURIComponent(first!)}`),
      await http.post('/api/platform/approvals', { token: first, approved: true }),
    ]) {
      assert.equal(answer.status, 410);
      assert.match(answer.text, /use the link of the newest mail/);
    }
    assert.equal((await http.post('/api/platform/approvals', { token: second, approved: true })).status, 200);
    assert.equal((await bench.until(id, ({ status }) => status === 'completed')).output.approved, true);
  });
});

describe('triggers of workflows in an installation of its own', () => {
  afterEach(() => bench.app.stop());

  it('circles of events end', async () => {
    bench = await startBench({ plugins: { workflows: { maxDepth: 5 } } as any });
    await bench.publish(
      'circle',
      `schedule: { on: { one: { with: { type: round.and } } } }
do: [ { again: { emit: { event: { with: { source: 'test://x', type: round.and } } } } } ]`,
    );
    await emit('round.and', {});
    await ended('circle', 6);
    await bench.app.services.jobs.idle();
    assert.equal((await executions('circle')).length, 6);
  });

  it("mails a hundred questions of a tenant in an hour, with the tenant's name, and the others later", async () => {
    bench = await startBench({ config: { http: { rateLimit: { enabled: true } } } });
    const caught = catchMails(bench.app);
    const { db, rateLimits, people } = bench.app.services;
    const owner = await register(bench.app);
    const ask = 'call: workflows.approve, with: { to: a@example.com }';
    const definition = definitionOf(
      'two',
      `do: [ { f: { fork: { branches: [ { a: { ${ask} } }, { b: { ${ask} } } ] } } } ]`,
    );
    assert.equal((await owner.http.post('/api/platform/workflows', { definition })).status, 201);
    await rateLimits.consume(
      { name: 'workflows.approvals', points: 100, windowSeconds: 3600, shared: 'closed' },
      owner.tenantId,
      99,
    );
    const { id } = (await owner.http.post('/api/platform/workflows/test/two/executions', {})).body;
    await bench.until(id, ({ status }) => status === 'waiting');
    const refused = () => db.write('core_jobs').where({ name: 'workflows.sendApproval' }).whereNotNull('last_error');
    for (let tries = 0; (await refused()).length === 0 && tries < 4_000; tries++) {
      await new Promise((go) => setTimeout(go, 10));
    }
    assert.deepEqual(
      (await refused()).map(({ state }) => state),
      ['ready'],
    );
    const mails = caught.filter(({ to }) => to === 'a@example.com');
    assert.equal(mails.length, 1);
    const tenant = await people.tenantByUuid(owner.tenantId);
    assert.match(mails[0]!.text, new RegExp(`^Asked by: ${tenant!.name}$`, 'm'));
  });

  it('keeps a folder of definitions in sync', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'patchbay-workflows-'));
    await mkdir(join(folder, 'deep'));
    await writeFile(join(folder, 'deep', 'one.yaml'), definitionOf('one', 'do: [ { a: { set: { v: 1 } } } ]'));
    await writeFile(join(folder, 'wrong.yaml'), 'document: {}');
    bench = await startBench({ plugins: { workflows: { folder } } as any });
    assert.deepEqual((await bench.run('one')).output, { v: 1 });
    await rm(join(folder, 'wrong.yaml'));
    await writeFile(join(folder, 'deep', 'one.yaml'), definitionOf('one', 'do: [ { a: { set: { v: 2 } } } ]'));
    assert.deepEqual(await bench.app.services.workflowFolder.sync(), { published: 1, wrong: 0 });
    assert.deepEqual((await bench.run('one')).output, { v: 2 });
    await rm(join(folder, 'deep', 'one.yaml'));
    await bench.app.services.workflowFolder.sync();
    const { enabled } = (await bench.admin.get('/api/platform/workflows/test/one')).body;
    assert.equal(enabled, false);
    await rm(folder, { recursive: true });
  });
});
