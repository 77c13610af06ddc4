/** Executions of workflows as a meter: exact where there is a limit, without a statement where there is none. */
import assert from 'node:assert/strict';
import type { Person } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { limit, limited, startMetered, usedOf } from './support.ts';

const BASE = '/api/platform/workflows';
const publish = async ({ http }: Person, name: string, more = {}) => {
  const document = { dsl: '1.0.0', namespace: 'test', name, version: '1.0.0' };
  const definition = { document, ...more, do: [{ say: { set: { said: 'hello' } } }] };
  const answer = await http.post(BASE, { definition });
  assert.equal(answer.status, 201, answer.text);
};

describe('workflow executions as a meter', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startMetered({ workflows: {} });
  });
  after(() => app.stop());
  const used = ({ tenantId }: Person) => usedOf(app, tenantId, 'workflow_executions');
  const start = ({ http }: Person, name: string, body = {}, wait = '') =>
    http.post(`${BASE}/test/${name}/executions${wait}`, body);

  it('are counted whether they are waited for or not, once for each key', async () => {
    const owner = await limited(app, {});
    await publish(owner, 'hello');
    assert.equal((await start(owner, 'hello', {}, '?wait=10')).status, 200);
    assert.equal((await start(owner, 'hello')).status, 202);
    for (let count = 0; count < 3; count++) await start(owner, 'hello', { idempotency_key: 'same' });
    await app.services.workflowEngine.idle();
    assert.equal(await used(owner), 3);
  });

  it('are refused over the limit, and of many at once as many start as there is room for', async () => {
    const owner = await limited(app, { max_workflow_executions_per_month: 3 });
    await publish(owner, 'hello');
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => start(owner, 'hello', {}, index % 2 ? '?wait=10' : '')),
    );
    assert.equal(answers.filter(({ status }) => status < 300).length, 3);
    const refused = answers.find(({ status }) => status === 403);
    assert.equal(refused?.body.code, 'limit_exceeded', refused?.text);
    assert.equal(await used(owner), 3);
    const key = { idempotency_key: 'later' };
    assert.equal((await start(owner, 'hello', key)).status, 403);
    await limit(app, owner, { max_workflow_executions_per_month: 4 });
    const { body: first } = await start(owner, 'hello', key);
    assert.equal((await start(owner, 'hello', key)).body.id, first.id, 'a repeat is not counted again');
    assert.equal((await start(owner, 'hello')).status, 403);
    await app.services.workflowEngine.idle();
    assert.equal(await used(owner), 4);
  });

  it('of a workflow that another has started belong to that one', async () => {
    const owner = await limited(app, { max_workflow_executions_per_month: 1 });
    await publish(owner, 'hello');
    const document = { dsl: '1.0.0', namespace: 'test', name: 'outer', version: '1.0.0' };
    const run = { workflow: { namespace: 'test', name: 'hello', version: '1.0.0' } };
    await owner.http.post(BASE, { definition: { document, do: [{ inner: { run } }] } });
    const { body } = await start(owner, 'outer', {}, '?wait=10');
    assert.equal(body.status, 'completed', JSON.stringify(body));
    assert.equal(await used(owner), 1);
  });

  it('that events start wait as jobs that are tried again, and nothing is lost', async () => {
    const owner = await limited(app, { max_workflow_executions_per_month: 0 });
    await publish(owner, 'heard', { schedule: { on: { one: { with: { type: 'shop.sold' } } } } });
    const event = { specversion: '1.0', id: 'one', source: 'https://shop.example', type: 'shop.sold', data: {} };
    const answer = await owner.http.post('/api/platform/events', event);
    assert.ok(answer.status < 300, answer.text);
    await app.services.jobs.idle();
    const executions = () => app.services.db.read('workflows_executions').where({ tenant_id: owner.tenantId });
    assert.equal((await executions()).length, 0);
    const [job] = await app.services.db.read('core_jobs').where({ name: 'workflows.event' });
    assert.match(String(job?.last_error), /workflow_executions/);
    await limit(app, owner, { max_workflow_executions_per_month: 5 });
    await app.clock.advance(3600_000);
    await app.services.jobs.idle();
    await app.services.workflowEngine.idle();
    assert.equal((await executions()).length, 1);
    assert.equal(await used(owner), 1);
  });

  it('of the platform itself are not counted', async () => {
    const { admin } = await import('../workflows/support.ts').then(({ benchOf }) => benchOf(app));
    const document = { dsl: '1.0.0', namespace: 'test', name: 'own', version: '1.0.0' };
    await admin.post(BASE, { definition: { document, do: [{ say: { set: { a: 1 } } }] } });
    assert.equal((await admin.post(`${BASE}/test/own/executions?wait=10`, {})).status, 200);
    assert.deepEqual(await app.services.db.read('billing_usage').where({ tenant_id: '' }), []);
  });
});
