/** What becomes of the workflows that an execution has started, when nobody waits for them any more. */
import assert from 'node:assert/strict';
import { type Bench, startBench } from './support.ts';

describe('workflows that wait for others', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.app.stop());
  beforeEach(async () => {
    await bench.publish('leaf', 'do: [ { w: { wait: PT1H } } ]');
    await bench.publish('child', `do: [ { r: { run: ${leaf} } } ]`);
  });
  afterEach(() => bench.clear());

  const leaf = "{ workflow: { namespace: test, name: leaf, version: '1.0.0' } }";
  const child = "{ workflow: { namespace: test, name: child, version: '1.0.0' } }";
  const statuses = async (name: string): Promise<string[]> => {
    const { items } = (await bench.admin.get(`/api/platform/executions?name=${name}`)).body;
    return items.map(({ status }: { status: string }) => status);
  };
  const become = async (name: string, status: string) => {
    for (let tries = 0; tries < 4_000; tries++) {
      await bench.app.services.jobs.idle();
      const found = await statuses(name);
      if (found.length === 1 && found[0] === status) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.deepEqual(await statuses(name), [status]);
  };
  const started = async (body: string): Promise<string> => {
    await bench.publish('parent', body);
    const id = await bench.start('parent');
    await become('leaf', 'waiting');
    await bench.until(id, ({ status }) => status === 'waiting');
    return id;
  };

  it('cancel them when they are cancelled, down to the last', async () => {
    const id = await started(`do: [ { r: { run: ${child} } } ]`);
    const { origin } = (await bench.admin.get('/api/platform/executions?name=child')).body.items[0];
    assert.deepEqual([origin.execution, origin.awaited], [id, true]);
    assert.equal((await bench.admin.post(`/api/platform/executions/${id}/cancel`)).status, 202);
    await become('child', 'cancelled');
    await become('leaf', 'cancelled');
    const left = await bench.app.services.db.read('workflows_waits');
    assert.deepEqual(left, []);
  });

  it('cancel them when the time of the task is over, and go on', async () => {
    const id = await started(`do:
- t: { try: [ { r: { timeout: { after: PT1M }, run: ${child} } } ], catch: { errors: { with: { status: 408 } } } }
- w: { wait: PT10H }`);
    await bench.app.clock.advance(61_000);
    await become('leaf', 'cancelled');
    assert.equal((await bench.look(id)).status, 'waiting');
  });

  it('cancel them when the time of the workflow is over', async () => {
    const id = await started(`timeout: { after: PT1M }\ndo: [ { r: { run: ${leaf} } } ]`);
    await bench.app.clock.advance(61_000);
    await bench.until(id, ({ status }) => status === 'faulted');
    await become('leaf', 'cancelled');
  });

  it('cancel those that have lost against others', async () => {
    const id = await started(`do:
- f: { fork: { compete: true, branches: [ { slow: { run: ${leaf} } }, { quick: { wait: PT10S } } ] } }
- w: { wait: PT10H }`);
    await bench.app.clock.advance(11_000);
    await become('leaf', 'cancelled');
    assert.equal((await bench.look(id)).status, 'waiting');
  });

  it('let those go on that they did not wait for', async () => {
    const id = await started(`do: [ { r: { run: { await: false, ${leaf.slice(1, -1)} } } }, { w: { wait: PT1H } } ]`);
    await bench.admin.post(`/api/platform/executions/${id}/cancel`);
    await bench.until(id, ({ status }) => status === 'cancelled');
    await bench.app.services.jobs.idle();
    assert.deepEqual(await statuses('leaf'), ['waiting']);
  });

  it('leave those alone that they wait for still', async () => {
    const id = await started(`do: [ { r: { run: ${leaf} } } ]`);
    await bench.admin.post(`/api/platform/executions/${id}/suspend`);
    await bench.app.clock.advance(3_601_000);
    await become('leaf', 'completed');
    await bench.admin.post(`/api/platform/executions/${id}/resume`);
    await bench.until(id, ({ status }) => status === 'completed');
    assert.equal(await bench.app.services.db.read('core_jobs').where({ name: 'workflows.cancel' }).first(), undefined);
  });
});
