/** What ends listening, and which events belong together. */
import assert from 'node:assert/strict';
import { type Bench, definitionOf, startBench } from './support.ts';

describe('listening', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.app.stop());

  const post = async (type: string, data: unknown = {}, more: object = {}) => {
    const answer = await bench.admin.post('/api/platform/events', { source: 'test://outside', type, data, ...more });
    assert.equal(answer.status, 202, answer.text);
    await bench.app.services.jobs.idle();
    await bench.app.services.workflowEngine.idle();
  };
  const listening = async (name: string, to: string, input: object = {}, more = '') => {
    await bench.publish(name, `do: [ { a: { listen: { to: ${to} }${more} } } ]`);
    const id = await bench.start(name, input);
    await bench.until(id, ({ status }) => status === 'waiting');
    return id;
  };
  const until = 'until: { all: [ { with: { type: t.stop1 } }, { with: { type: t.stop2 } } ] }';
  const measures = `{ any: [ { with: { type: t.measure } } ], ${until} }`;

  it('ends with the last event of `until`, not with its first', async () => {
    const each = ', foreach: { do: [ { a: { set: { m: "${ .n }" } } } ] }';
    const ids = [await listening('plain', measures), await listening('each', measures, {}, each)];
    await post('t.measure', { n: 1 });
    await post('t.stop1', {}, { id: 'first' });
    await post('t.stop1', {}, { id: 'again' });
    for (const id of ids) assert.equal((await bench.look(id)).status, 'waiting');
    await post('t.measure', { n: 2 });
    await post('t.stop2');
    const [plain, worked] = await Promise.all(ids.map((id) => bench.until(id, ({ status }) => status === 'completed')));
    assert.deepEqual(plain.output, [{ n: 1 }, { n: 2 }]);
    assert.equal(worked.output.length, 2);
  });

  it('ends at any of the events of `until` where that says so, or a correlated one', async () => {
    const to = `{ any: [ { with: { type: t.measure } } ],
      until: { one: { with: { type: t.stop }, correlate: { room: { from: .data.room, expect: .room } } } } }`;
    const id = await listening('rooms', to, { room: 5 });
    await post('t.measure', { n: 1 });
    await post('t.stop', { room: 6 });
    await post('t.stop', {});
    assert.equal((await bench.look(id)).status, 'waiting');
    await post('t.stop', { room: 5 });
    assert.deepEqual((await bench.until(id, ({ status }) => status === 'completed')).output, [{ n: 1 }]);
  });

  it('starts a workflow with the last event of `until`', async () => {
    await bench.publish(
      'started',
      `schedule: { on: ${measures} }\ndo: [ { a: { set: { n: '\${ map(.data.n) }' } } } ]`,
    );
    const found = async () => (await bench.admin.get('/api/platform/executions?name=started')).body.items;
    await post('t.measure', { n: 1 });
    await post('t.stop1');
    assert.deepEqual(await found(), []);
    await post('t.measure', { n: 2 });
    await post('t.stop2');
    const [only] = await found();
    const { output } = await bench.until(only.id, ({ status }) => status === 'completed');
    assert.deepEqual(output, { n: [1, 2] });
    assert.equal(Number((await bench.app.services.db.read('workflows_gathered').count({ n: '*' }).first())?.n), 0);
  });

  const filter = (type: string) => `{ with: { type: ${type} }, correlate: { order: { from: .data.orderId } } }`;
  const orders = `{ all: [ ${filter('t.ordered')}, ${filter('t.paid')} ] }`;

  it('takes no event that lacks what it is told apart by', async () => {
    const id = await listening('orders', orders);
    await bench.publish('begun', `schedule: { on: ${orders} }\ndo: [ { a: { set: { n: '\${ length }' } } } ]`);
    await post('t.ordered', { note: 'no order' });
    await post('t.paid', { orderId: null });
    await post('t.ordered', { orderId: 42 });
    assert.equal((await bench.look(id)).status, 'waiting');
    await post('t.paid', { orderId: 42 });
    const { output } = await bench.until(id, ({ status }) => status === 'completed');
    assert.deepEqual(output, [{ orderId: 42 }, { orderId: 42 }]);
    const begun = (await bench.admin.get('/api/platform/executions?name=begun')).body.items;
    assert.equal(begun.length, 1);
  });

  it('takes nothing by a filter whose value is not there', async () => {
    const id = await listening('subjects', '{ one: { with: { type: t.x, subject: "${ $input.subject }" } } }');
    await post('t.x');
    assert.equal((await bench.look(id)).status, 'waiting');
  });

  it('fails where what it expects is null, instead of waiting for ever', async () => {
    await bench.publish(
      'expects',
      `do: [ { a: { listen: { to: { one: { with: { type: t.x }, correlate: { order: { from: .data.order, expect: .order } } } } } } } ]`,
    );
    const { status, error } = await bench.run('expects', {});
    assert.equal(status, 'faulted');
    assert.match(error.type, /\/expression$/);
    assert.match(error.detail, /'correlate\.order' expects is null/);
  });

  it('starts a workflow by a constant that is expected, and refuses an expression there', async () => {
    const on = (expect: string) =>
      `schedule: { on: { one: { with: { type: t.y }, correlate: { region: { from: .data.region, expect: '${expect}' } } } } }
do: [ { a: { set: { a: 1 } } } ]`;
    await bench.publish('regions', on('eu'));
    await post('t.y', { region: 'us' });
    await post('t.y', { region: 'eu' });
    assert.equal((await bench.admin.get('/api/platform/executions?name=regions')).body.items.length, 1);
    const definition = definitionOf('wrong', on('.region'));
    const refused = await bench.admin.post('/api/platform/workflows', { definition });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /can only be a constant/);
  });
});
