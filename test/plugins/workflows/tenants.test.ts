/** Workflows of a tenant that is suspended rest until it is active again; those of one that is deleted are gone. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eraseStarts } from '#plugins/workflows/executions/erasure.ts';
import { catchMails, type Person, register } from '#test/support/accounts.ts';
import { type Bench, definitionOf, startBench } from './support.ts';

const is =
  (status: string) =>
  (execution: any): boolean =>
    execution.status === status;

describe('tenants and their workflows', () => {
  let bench: Bench;
  let outside: Server;
  let url: string;
  let calls: string[];
  let held: PromiseWithResolvers<void>;
  before(async () => {
    outside = createServer(async (request, response) => {
      calls.push(request.url ?? '');
      await held.promise;
      response.end('{}');
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
    bench = await startBench();
  });
  after(async () => {
    outside.close();
    await bench.app.stop();
  });
  beforeEach(() => {
    calls = [];
    held = Promise.withResolvers();
  });

  const publish = async (person: Person, name: string, body: string) => {
    const answer = await person.http.post('/api/platform/workflows', { definition: definitionOf(name, body) });
    assert.equal(answer.status, 201, answer.text);
  };
  const start = async (person: Person, name: string): Promise<string> =>
    (await person.http.post(`/api/platform/workflows/test/${name}/executions`, {})).body.id;
  const setStatus = async (person: Person, status: string) => {
    const answer = await bench.admin.patch(`/api/v2/admin/tenants/${person.tenantId}`, { status });
    assert.equal(answer.status, 200, answer.text);
  };
  const emit = (type: string, person: Person) => {
    const { db, events } = bench.app.services;
    const head = {
      specversion: '1.0' as const,
      id: crypto.randomUUID(),
      source: 'test',
      time: new Date().toISOString(),
    };
    const event = { ...head, type, datacontenttype: 'application/json' as const, data: {}, tenantid: person.tenantId };
    return db.transaction((trx) => events.publish(trx, event));
  };
  const settle = async () => {
    await bench.app.services.jobs.idle();
    await bench.app.services.workflowEngine.idle();
  };
  const countOf = async (name: string) =>
    (await bench.admin.get(`/api/platform/executions?name=${name}`)).body.items.length;

  it('that are suspended start nothing: no hook, no schedule, no event', async () => {
    const owner = await register(bench.app);
    await publish(owner, 'hook', '# metadata: { patchbay: { hook: true } }\ndo: [ { a: { set: { a: 1 } } } ]');
    await publish(owner, 'often', 'schedule: { every: { seconds: 10 } }\ndo: [ { a: { set: { a: 1 } } } ]');
    await publish(
      owner,
      'heard',
      'schedule: { on: { one: { with: { type: s.e } } } }\ndo: [ { a: { set: { a: 1 } } } ]',
    );
    const hook = () => bench.app.http.post(`/hooks/test/hook?wait=5&tenant=${owner.tenantId}`, {});
    assert.equal((await hook()).status, 200);
    await setStatus(owner, 'suspended');
    assert.equal((await hook()).status, 403);
    await bench.app.clock.advance(60_000);
    await emit('s.e', owner);
    await settle();
    assert.deepEqual([await countOf('often'), await countOf('heard')], [0, 0]);

    await setStatus(owner, 'active');
    assert.equal((await hook()).status, 200);
    await emit('s.e', owner);
    await settle();
    for (let tries = 0; tries < 4_000 && (await countOf('often')) === 0; tries++) await settle();
    assert.deepEqual([await countOf('often'), await countOf('heard')], [1, 1]);
  });

  it('that are suspended go on with nothing, and with everything when they are active again', async () => {
    const owner = await register(bench.app);
    await publish(owner, 'calling', `do: [ { c: { call: http, with: { method: get, endpoint: '${url}/c' } } } ]`);
    await publish(owner, 'waiting', 'do: [ { w: { wait: PT1M } }, { d: { set: { done: true } } } ]');
    await publish(owner, 'listening', 'do: [ { l: { listen: { to: { one: { with: { type: go.on } } } } } } ]');
    const ids = await Promise.all(['calling', 'waiting', 'listening'].map((name) => start(owner, name)));
    const [calling = '', waiting = '', listening = ''] = ids;
    for (const id of [waiting, listening]) await bench.until(id, is('waiting'));
    while (calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await setStatus(owner, 'suspended');
    const { workflowEngine } = bench.app.services;
    while (workflowEngine.loaded() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    held.resolve();
    await emit('go.on', owner);
    await bench.app.clock.advance(120_000);
    await settle();
    const states = await Promise.all(ids.map(async (id) => (await bench.look(id)).status));
    assert.deepEqual([states, calls.length], [['running', 'waiting', 'waiting'], 1]);

    await setStatus(owner, 'active');
    for (const id of [calling, waiting, listening]) await bench.until(id, is('completed'));
    assert.equal(calls.length, 2);
  });

  it('decide nothing while they are suspended, and nothing by who lost the right to', async () => {
    const [owner, colleague] = [await register(bench.app), await register(bench.app)];
    const mails = catchMails(bench.app);
    await owner.http.put('/api/platform/workflow-secrets/key', { value: 'a hidden key' });
    const ask = async (to: string, text = 'sure') => {
      const asked = `{ call: workflows.approve, with: { to: '${to}', text: '${text}' } }`;
      await publish(owner, 'ask', `use: { secrets: [key] }\ndo: [ { a: ${asked} } ]`);
      const id = await start(owner, 'ask');
      await bench.until(id, is('waiting'));
      await bench.app.services.jobs.idle();
      return mails.at(-1)?.token ?? '';
    };
    const decide = async (token: string) =>
      (await bench.app.http.post('/api/platform/approvals', { token, approved: true })).status;
    const token = await ask('somebody@elsewhere.test');
    await setStatus(owner, 'suspended');
    assert.equal(await decide(token), 403);
    await setStatus(owner, 'active');
    assert.equal(await decide(token), 200);

    const theirs = await ask(colleague.email);
    await ask(colleague.email, '${ $secrets.key }');
    await bench.admin.patch(`/api/v2/admin/users/${colleague.id}`, { status: 'suspended' });
    assert.equal(await decide(theirs), 403);
    await bench.admin.delete(`/api/v2/admin/users/${colleague.id}`);
    await bench.app.services.jobs.idle();
    assert.equal(await decide(theirs), 403);
    const waits = JSON.stringify(await bench.app.services.db.read('workflows_waits'));
    assert.match(waits, /\$sealed/);
    assert.ok(!waits.includes(colleague.email) && !waits.includes(colleague.id));
  });

  it('that are deleted leave nothing behind, whatever runs of them', async () => {
    const owner = await register(bench.app);
    await owner.http.put('/api/platform/workflow-secrets/token', { value: 'very secret' });
    await publish(owner, 'calling', `do: [ { c: { call: http, with: { method: get, endpoint: '${url}/erased' } } } ]`);
    await publish(owner, 'often', 'schedule: { every: { seconds: 10 } }\ndo: [ { a: { set: { a: 1 } } } ]');
    await publish(owner, 'listening', 'do: [ { l: { listen: { to: { one: { with: { type: gone.by } } } } } } ]');
    await publish(owner, 'hook', '# metadata: { patchbay: { hook: true } }\ndo: [ { a: { set: { a: 1 } } } ]');
    const hook = () => bench.app.http.post(`/hooks/test/hook?wait=5&tenant=${owner.tenantId}`, {});
    assert.equal((await hook()).status, 200);
    await start(owner, 'calling');
    await bench.until(await start(owner, 'listening'), is('waiting'));
    while (calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal((await bench.admin.delete(`/api/v2/admin/tenants/${owner.tenantId}`)).status, 204);
    await bench.app.services.jobs.idle();
    held.resolve();
    while (bench.app.services.workflowEngine.loaded() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await bench.app.clock.advance(60_000);
    await settle();
    assert.equal((await hook()).status, 404);
    const { db } = bench.app.services;
    for (const table of ['workflows', 'executions', 'waits', 'secrets', 'correlations'] as const) {
      const rows = await db.read(`workflows_${table}`).where({ tenant_id: owner.tenantId } as object);
      assert.deepEqual(rows, [], table);
    }
    const all = ['definitions', 'tasks', 'schedules', 'gathered', 'wait_types', 'schedule_types'] as const;
    const left = JSON.stringify(await Promise.all(all.map((table) => db.read(`workflows_${table}`))));
    assert.ok(!left.includes('gone.by') && !left.includes(`${url}/erased`), left);
    assert.deepEqual(await db.read('core_jobs').where({ lane: owner.tenantId }), []);
  });

  it('forget who started an execution when that account is deleted', async () => {
    const person = await register(bench.app);
    await publish(person, 'mine', 'do: [ { w: { wait: PT1H } } ]');
    await start(person, 'mine');
    const { db } = bench.app.services;
    await eraseStarts({ db }, person.tenantId, person.id);
    const [row] = await db.read('workflows_executions').where({ tenant_id: person.tenantId });
    assert.deepEqual(JSON.parse(row?.origin ?? ''), { kind: 'manual', by: null });
  });
});
