/** Nobody without credentials starts a workflow whose definition has not said so. */
import assert from 'node:assert/strict';
import { doorText } from '#core/open-door.ts';
import workflows from '#plugins/workflows/index.ts';
import { type Person, register } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { type Bench, definitionOf, startBench } from './support.ts';

const BODY = 'do: [ { a: { set: { ran: true } } } ]';
const withHook = (hook: string) => `# metadata: { patchbay: { hook: ${hook} } }\n${BODY}`;

describe('hooks', () => {
  let bench: Bench;
  let owner: Person;
  let other: Person;
  before(async () => {
    bench = await startBench();
    owner = await register(bench.app);
    other = await register(bench.app);
    await bench.publish('silent', BODY);
    await bench.publish('closed', withHook('false'));
    await bench.publish('open', withHook('true'));
    await bench.admin.put('/api/platform/workflow-secrets/hookKey', { value: 'a signing key' });
    await bench.publish('signed', withHook('{ secret: hookKey }'));
    await owner.http.post('/api/platform/workflows', { definition: definitionOf('own', BODY) });
  });
  after(() => bench.app.stop());

  const post = async (client: Client, name: string, query = '') =>
    (await client.post(`/hooks/test/${name}?wait=10${query}`, {})).status;
  const keyOf = async (person: Person, scopes: string[]) => {
    const { body } = await person.http.post('/api/v2/api-keys', { name: 'key', scopes });
    return bench.app.http.apiKey(body.raw_key ?? body.key);
  };

  it('are closed to strangers, also when the definition says nothing of them', async () => {
    const { http } = bench.app;
    for (const name of ['silent', 'closed', 'nobody']) assert.equal(await post(http, name), 404, name);
    assert.equal(await post(http, 'own', `&tenant=${owner.tenantId}`), 404);
    assert.equal(await post(http.bearer('made up'), 'silent'), 404);
    const told = async (name: string) => {
      const { title, code } = (await http.post(`/hooks/test/${name}`, {})).body;
      return [title, code];
    };
    assert.deepEqual(await told('silent'), await told('nobody'));
  });

  it('are open to everybody, or to who signs, where the definition says so', async () => {
    assert.equal(await post(bench.app.http, 'open'), 200);
    assert.equal(await post(bench.app.http, 'signed'), 401);
  });

  it('work with credentials that may run the workflow, whatever the definition says', async () => {
    for (const name of ['silent', 'closed', 'open', 'signed']) assert.equal(await post(bench.admin, name), 200, name);
    assert.equal(await post(owner.http, 'own'), 200);
    assert.equal(await post(await keyOf(owner, ['workflows:run']), 'own'), 200);
    assert.equal(await post(bench.admin, 'own', `&tenant=${owner.tenantId}`), 200);
  });

  it('are closed to credentials that may not', async () => {
    assert.equal(await post(await keyOf(owner, ['workflows:read']), 'own'), 404);
    assert.equal(await post(other.http, 'own', `&tenant=${owner.tenantId}`), 404);
    assert.equal(await post(other.http, 'silent'), 404);
    assert.equal(await post(other.http, 'signed'), 401);
  });

  it('of the older tenant with a closed one leave the name to the one that is open', async () => {
    await other.http.post('/api/platform/workflows', { definition: definitionOf('own', withHook('true')) });
    assert.equal(await post(bench.app.http, 'own'), 200);
    await other.http.delete('/api/platform/workflows/test/own');
  });

  it('tell no output to who waited for it with a key that was revoked meanwhile', async () => {
    const definition = definitionOf('slow', 'do: [ { a: { wait: { seconds: 30 } } } ]');
    assert.equal((await owner.http.post('/api/platform/workflows', { definition })).status, 201);
    const client = await keyOf(owner, ['workflows:run']);
    const [key] = (await owner.http.get('/api/v2/api-keys')).body;
    const paths = ['/hooks/test/slow?wait=60', '/api/platform/workflows/test/slow/executions?wait=60'];
    const waiting = paths.map((path) => client.post(path, {}));
    const isWaiting = async () => (await bench.app.services.db.read('workflows_waits')).length === 2;
    while (!(await isWaiting())) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal((await owner.http.delete(`/api/v2/api-keys/${key.id}`)).status, 204);
    await bench.app.services.connections.recheck();
    await bench.app.clock.advance(30_000);
    for (const answer of await Promise.all(waiting)) assert.equal(answer.status, 401, answer.text);
  });

  it('give strangers nothing of a start that somebody else made with the same key', async () => {
    const echo = withHook('true').replace('{ ran: true }', "'${ . }'");
    const definition = definitionOf('echo', echo);
    assert.equal((await owner.http.post('/api/platform/workflows', { definition })).status, 201);
    const path = `/hooks/test/echo?wait=10&tenant=${owner.tenantId}`;
    const start = async (client: Client, body: object) =>
      (await client.with({ 'idempotency-key': 'order-17' }).post(path, body)).body.output;
    assert.deepEqual(await start(owner.http, { card: '4711' }), { card: '4711' });
    assert.deepEqual(await start(bench.app.http, { card: 'guessed' }), { card: 'guessed' });
    assert.deepEqual(await start(owner.http, {}), { card: '4711' });
    await owner.http.delete('/api/platform/workflows/test/echo');
  });

  it('that are open are told to the operator, and no longer when they are closed or switched off', async () => {
    const doors = async () => (await workflows.openDoors!(bench.app.services)).map((door) => doorText(door));
    assert.deepEqual(await doors(), ['anybody may start 1 workflow by its hook: test/open']);
    for (const name of ['b', 'c', 'd']) await bench.publish(name, withHook('true'));
    assert.deepEqual(await doors(), [
      'anybody may start 4 workflows by their hooks: test/open, test/b, test/c and others',
    ]);
    await bench.publish('b', BODY);
    await bench.admin.patch('/api/platform/workflows/test/c', { enabled: false });
    await bench.admin.delete('/api/platform/workflows/test/d');
    await bench.admin.patch('/api/platform/workflows/test/open', { enabled: false });
    assert.deepEqual(await doors(), []);
    assert.equal(await post(bench.app.http, 'b'), 404);
  });
});
