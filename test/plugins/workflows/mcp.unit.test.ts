/** The platform as an MCP server, seen by the official client. */
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import Type from 'typebox';
import { isSuperadmin } from '#core/access/principal.ts';
import type { FunctionCall } from '#core/plugin.ts';
import { defineFunction } from '#core/plugin.ts';
import { type Person, ROOT_TOKEN, register, signInAdmin } from '#test/support/accounts.ts';
import { type Bench, benchOf, definitionOf, startBench } from './support.ts';

const EXPOSED = '# metadata: { patchbay: { expose: true } }';
const GREET = `${EXPOSED}
input:
  schema:
    document: { type: object, properties: { name: { type: string } }, required: [ name ] }
do: [ { greet: { set: { greeting: '\${ "hello " + .name }' } } } ]`;
const ORIGIN = 'https://patchbay.example';

describe('MCP', () => {
  let bench: Bench;
  let owner: Person;
  let licencesBefore: number;
  const clients: Client[] = [];
  before(async () => {
    bench = await startBench({
      plugins: { licensing: {} },
      config: {
        http: {
          publicUrl: ORIGIN,
          cors: { origins: ['https://inspector.example', '*'] },
          rateLimit: { enabled: false },
        },
      },
    });
  });
  after(() => bench.app.stop());
  beforeEach(async () => {
    owner = await register(bench.app);
    licencesBefore = (await licences()).length;
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    await bench.clear();
  });

  /** A client as an AI agent has it. */
  async function connect(headers: Record<string, string>, query = ''): Promise<Client> {
    const client = new Client({ name: 'test', version: '1.0.0' });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${bench.app.url}/mcp${query}`), { requestInit: { headers } }),
    );
    clients.push(client);
    return client;
  }
  async function keyOf(person: Person, scopes?: string[]): Promise<Record<string, string>> {
    const { status, body, text } = await person.http.post('/api/v2/api-keys', { name: 'agent', scopes });
    assert.equal(status, 201, text);
    return { 'x-api-key': body.raw_key };
  }
  async function publish(person: Person, name: string, body: string): Promise<void> {
    const answer = await person.http.post('/api/platform/workflows', { definition: definitionOf(name, body) });
    assert.equal(answer.status, 201, answer.text);
  }
  const namesOf = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name);
  const call = async (client: Client, name: string, args: object = {}, meta?: object): Promise<any> =>
    client.callTool({ name, arguments: { ...args }, ...(meta && { _meta: { ...meta } }) });
  const licences = () => bench.app.services.db.read('licensing_licences');
  /** Of this test. */
  const countOfLicences = async () => (await licences()).length - licencesBefore;
  const WISH = { plan: 'monthly', email: 'a@b.example' };
  const message = (method: string, params: object = {}) => ({ jsonrpc: '2.0', id: 1, method, params });
  const ACCEPT = { accept: 'application/json, text/event-stream' };

  it('lists functions with their own names and schemas, and calls them for the tenant', async () => {
    const client = await connect(await keyOf(owner, ['licenses:manage']));
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name }) => name).sort(),
      ['extend', 'generate', 'revoke', 'verify'].map((name) => `licensing.${name}`),
    );
    const generate = tools.find(({ name }) => name === 'licensing.generate')!;
    assert.equal(generate.description, 'Makes a licence with a new activation code');
    assert.deepEqual(generate.inputSchema.required, ['plan', 'email']);
    assert.deepEqual((generate.inputSchema as any).properties.plan.enum, ['monthly', 'yearly', 'lifetime']);
    const result = await call(client, 'licensing.generate', WISH);
    assert.equal(result.structuredContent.email, 'a@b.example');
    assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
    const row = await licences().first();
    assert.deepEqual([row?.license_id, row?.tenant_id], [result.structuredContent.license_id, owner.tenantId]);
  });

  it('neither shows nor calls what a key has no scope for', async () => {
    const client = await connect(await keyOf(owner, ['licenses:read']));
    assert.deepEqual(await namesOf(client), ['licensing.verify']);
    await assert.rejects(call(client, 'licensing.generate', WISH), { code: -32602, message: /Unknown tool/ });
    await assert.rejects(call(client, 'no.such', {}), { code: -32602, message: /Unknown tool/ });
    assert.equal(await countOfLicences(), 0);
    await publish(owner, 'greet', GREET);
    assert.deepEqual(await namesOf(client), ['licensing.verify']);
    await assert.rejects(call(client, 'workflow_test_greet', { name: 'x' }), { code: -32602 });
  });

  it('shows members what is not for administrators, and people who are signed in what their role may do', async () => {
    await publish(owner, 'greet', GREET);
    const bearer = { authorization: `Bearer ${owner.accessToken}` };
    const whole = await connect(bearer);
    assert.equal(whole.getInstructions(), undefined);
    const names = await namesOf(whole);
    for (const name of ['licensing.generate', 'workflows.start', 'workflow_test_greet'])
      assert.ok(names.includes(name));
    await bench.app.services.db.write('auth_users').where({ uuid: owner.id }).update({ role: 'member' });
    bench = benchOf(await bench.app.restart());
    const member = await connect(bearer);
    assert.deepEqual(await namesOf(member), []);
    const told = member.getInstructions() ?? '';
    assert.match(told, /^- licensing\.generate: scope licenses:manage, role owner or admin/m);
    assert.match(told, /^- exposed workflows: scope workflows:run, role owner or admin$/m);
    await assert.rejects(call(member, 'workflow_test_greet', { name: 'x' }), { code: -32602 });
    assert.ok((await namesOf(await connect({ authorization: `Bearer ${ROOT_TOKEN}` }))).includes('licensing.generate'));
  });

  it('says what is wrong with arguments, so that an agent can mend them', async () => {
    await publish(owner, 'greet', GREET);
    const client = await connect(await keyOf(owner));
    await client.listTools();
    const missing = await call(client, 'licensing.generate', { plan: 'monthly' });
    assert.equal(missing.isError, true);
    assert.match(missing.content[0].text, /- email: is missing/);
    const wrong = await call(client, 'licensing.generate', { ...WISH, plan: 'weekly' });
    assert.match(wrong.content[0].text, /- plan: must be one of \["monthly","yearly","lifetime"\]/);
    const refused = await call(client, 'licensing.revoke', { license_id: 'LIC-NONE' });
    assert.equal(refused.isError, true);
    assert.match(refused.content[0].text, /not_found|licence/i);
    const workflow = await call(client, 'workflow_test_greet', {});
    assert.equal(workflow.isError, true);
    assert.match(workflow.content[0].text, /required property 'name'/);
  });

  it('keeps to itself what a function failed of', async () => {
    bench.app.declare({
      functions: [
        defineFunction({
          name: 'test.breaks',
          summary: 'Breaks',
          access: { scope: 'licenses:read', tenant: true },
          input: Type.Object({}),
          output: Type.Object({}),
          run: () => Promise.reject(new Error('the password is 4711')),
        }),
      ],
    });
    const result = await call(await connect(await keyOf(owner)), 'test.breaks');
    assert.equal(result.isError, true);
    assert.match(result.content[0].text, /our side/);
    assert.doesNotMatch(result.content[0].text, /4711/);
  });

  describe('with workflows', () => {
    it('runs an exposed one and gives its output', async () => {
      await publish(owner, 'greet', GREET);
      await publish(owner, 'hidden', 'do: [ { a: { set: { a: 1 } } } ]');
      const client = await connect(await keyOf(owner, ['workflows:run']));
      const { tools } = await client.listTools();
      assert.deepEqual(
        tools.map(({ name }) => name),
        ['workflows.start', 'workflow_test_greet'],
      );
      assert.deepEqual(tools[1]!.inputSchema.required, ['name']);
      assert.equal(tools[1]!.description, 'The workflow test/greet');
      const result = await call(client, 'workflow_test_greet', { name: 'Ada' });
      const { id, status, output } = result.structuredContent;
      assert.deepEqual([status, output], ['completed', { greeting: 'hello Ada' }]);
      const execution = (await owner.http.get(`/api/platform/executions/${id}`)).body;
      assert.deepEqual(execution.origin, { kind: 'mcp', by: owner.id });
      await assert.rejects(call(client, 'workflow_test_hidden'), { code: -32602 });
      await owner.http.patch('/api/platform/workflows/test/greet', { enabled: false });
      assert.deepEqual(await namesOf(client), ['workflows.start']);
      await assert.rejects(call(client, 'workflow_test_greet', { name: 'Ada' }), { code: -32602 });
    });

    it('describes it as its document does, and takes anything where it says nothing', async () => {
      const about = `document: { dsl: '1.0.0', namespace: test, name: told, version: '1.0.0', title: Told, summary: Tells,
  metadata: { patchbay: { expose: true } } }`;
      const definition = `${about}\ndo: [ { a: { set: { got: "\${ . }" } } } ]`;
      assert.equal((await owner.http.post('/api/platform/workflows', { definition })).status, 201);
      const client = await connect(await keyOf(owner, ['workflows:run']));
      const tool = (await client.listTools()).tools.find(({ name }) => name === 'workflow_test_told')!;
      assert.deepEqual([tool.title, tool.description], ['Told', 'Tells']);
      const { structuredContent } = await call(client, 'workflow_test_told', { any: [1] });
      assert.deepEqual(structuredContent.output, { got: { any: [1] } });
    });

    it('breaks nobody’s list with a schema that MCP cannot carry', async () => {
      const withSchema = (schema: string) =>
        `${EXPOSED}\ninput: { schema: { document: ${schema} } }\ndo: [ { a: { set: { a: 1 } } } ]`;
      await publish(owner, 'bool', withSchema('{ type: object, properties: { x: true } }'));
      await publish(owner, 'untyped', withSchema('{ required: [ x ] }'));
      await publish(owner, 'list', withSchema('{ type: array }'));
      const client = await connect(await keyOf(owner, ['workflows:run']));
      const { tools } = await client.listTools();
      assert.deepEqual(
        tools.slice(1).map(({ name, inputSchema }) => [name, inputSchema]),
        [
          ['workflow_test_bool', { type: 'object' }],
          ['workflow_test_untyped', { type: 'object', required: ['x'] }],
        ],
      );
      assert.equal((await call(client, 'workflow_test_bool', { x: 1 })).structuredContent.status, 'completed');
    });

    it('keeps them inside their tenant', async () => {
      const stranger = await register(bench.app);
      await publish(owner, 'greet', GREET);
      await bench.publish('platform', `${EXPOSED}\ndo: [ { a: { set: { a: 1 } } } ]`);
      for (const headers of [await keyOf(stranger), await keyOf(await signInAdmin(bench.app))]) {
        const client = await connect(headers);
        assert.deepEqual(
          (await namesOf(client)).filter((name) => name.startsWith('workflow_')),
          [],
        );
        await assert.rejects(call(client, 'workflow_test_greet', { name: 'x' }), { code: -32602 });
        await assert.rejects(call(client, 'workflow_test_platform'), { code: -32602 });
      }
      const root = await connect({ authorization: `Bearer ${ROOT_TOKEN}` });
      assert.ok((await namesOf(root)).includes('workflow_test_platform'));
      assert.equal((await call(root, 'workflow_test_platform')).structuredContent.status, 'completed');
    });

    it('gives the id of what goes on, and tells later what came out', async () => {
      await publish(owner, 'long', `${EXPOSED}\ndo: [ { w: { wait: PT10M } }, { a: { set: { a: 1 } } } ]`);
      const client = await connect(await keyOf(owner, ['workflows:run', 'workflows:read']), '?wait=0');
      await client.listTools();
      const { structuredContent, content, isError } = await call(client, 'workflow_test_long');
      const { id, output } = structuredContent;
      assert.deepEqual([isError, output], [undefined, undefined]);
      assert.match(content[1].text, /workflows\.execution/);
      const { workflowEngine } = bench.app.services;
      const status = async () => (await call(client, 'workflows.execution', { id })).structuredContent;
      while ((await status()).status !== 'waiting') await new Promise((resolve) => setTimeout(resolve, 5));
      await bench.app.clock.advance(11 * 60_000);
      await workflowEngine.waitFor(id, 10_000);
      assert.deepEqual(await status(), { id, status: 'completed', output: { a: 1 } });
      const stranger = await connect(await keyOf(await register(bench.app)));
      assert.equal((await call(stranger, 'workflows.execution', { id })).isError, true);
    });

    it('lets a stop of the server wait for nobody', async () => {
      await publish(owner, 'long', `${EXPOSED}\ndo: [ { w: { wait: PT10M } } ]`);
      const client = await connect(await keyOf(owner, ['workflows:run']));
      const answer = call(client, 'workflow_test_long');
      while ((await owner.http.get('/api/platform/executions')).body.items[0]?.status !== 'waiting') {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      bench = benchOf(await bench.app.restart());
      // It was answered: what the stop has waited for in vain is cut off.
      const { id } = (await answer).structuredContent;
      const http = bench.app.http.bearer(owner.accessToken);
      assert.equal((await http.get(`/api/platform/executions/${id}`)).body.status, 'waiting');
    });

    it('tells why one has failed', async () => {
      await publish(
        owner,
        'fails',
        `${EXPOSED}\ndo: [ { a: { raise: { error: { type: 'https://errors.example/tea', status: 418, title: Tea } } } } ]`,
      );
      const result = await call(await connect(await keyOf(owner)), 'workflow_test_fails');
      assert.equal(result.isError, true);
      assert.deepEqual([result.structuredContent.status, result.structuredContent.error.title], ['faulted', 'Tea']);
    });
  });

  describe('repeats', () => {
    it('have no second effect, by _meta or header, for the same person and tool alone', async () => {
      const headers = await keyOf(owner);
      const client = await connect(headers);
      const key = { idempotencyKey: 'order-1' };
      const first = await call(client, 'licensing.generate', WISH, key);
      const again = await call(client, 'licensing.generate', WISH, key);
      assert.deepEqual(again.structuredContent, first.structuredContent);
      assert.equal(await countOfLicences(), 1);
      const byHeader = await connect({ ...headers, 'idempotency-key': 'order-1' });
      const third = await call(byHeader, 'licensing.generate', WISH);
      assert.deepEqual(third.structuredContent, first.structuredContent);
      const stranger = await connect(await keyOf(await register(bench.app)));
      const other = await call(stranger, 'licensing.generate', WISH, key);
      assert.notEqual(other.structuredContent.license_id, first.structuredContent.license_id);
      await call(client, 'licensing.generate', WISH);
      await call(client, 'licensing.generate', WISH);
      assert.equal(await countOfLicences(), 4);
      await assert.rejects(call(client, 'licensing.generate', WISH, { idempotencyKey: 7 }), { code: -32602 });
    });

    it('of a workflow give the same execution', async () => {
      await publish(owner, 'greet', GREET);
      const client = await connect(await keyOf(owner, ['workflows:run']));
      const run = async () =>
        (await call(client, 'workflow_test_greet', { name: 'x' }, { idempotencyKey: 'k' })).structuredContent;
      const [first, second] = await Promise.all([run(), run()]);
      assert.deepEqual(second, first);
      assert.deepEqual(await run(), first);
    });
  });

  describe('at the door', () => {
    it('asks for credentials', async () => {
      const { http } = bench.app;
      const none = await http.post('/mcp', message('tools/list'), ACCEPT);
      assert.deepEqual([none.status, none.headers.get('www-authenticate')], [401, 'Bearer']);
      for (const [name, value] of [
        ['x-api-key', 'mf_wrong'],
        ['authorization', 'Bearer wrong'],
      ] as const) {
        const wrong = await http.post('/mcp', message('tools/list'), { ...ACCEPT, [name]: value });
        assert.deepEqual([wrong.status, wrong.headers.get('www-authenticate')], [401, 'Bearer error="invalid_token"']);
      }
      await assert.rejects(connect({}), /401/);
    });

    it('refuses pages of foreign origins', async () => {
      const http = bench.app.http.with({ ...ACCEPT, ...(await keyOf(owner)) });
      const statusFrom = async (origin: string) => (await http.post('/mcp', message('tools/list'), { origin })).status;
      for (const origin of ['https://evil.example', bench.app.url, 'null', `${ORIGIN}.evil.example`]) {
        assert.equal(await statusFrom(origin), 403, origin);
      }
      for (const origin of [ORIGIN, 'https://inspector.example']) assert.equal(await statusFrom(origin), 200, origin);
    });

    it('knows POST alone, one message of at most 1 MB', async () => {
      const http = bench.app.http.with({ ...ACCEPT, ...(await keyOf(owner)) });
      for (const method of ['GET', 'DELETE']) {
        const answer = await http.send(method, '/mcp');
        assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'POST']);
      }
      const plain = await http.post('/mcp', message('tools/list'));
      assert.deepEqual([plain.status, plain.headers.get('content-type')], [200, 'application/json']);
      assert.ok(plain.body.result.tools.length > 0);
      assert.equal((await http.post('/mcp', [message('tools/list')])).status, 400);
      assert.equal((await http.send('POST', '/mcp', '{broken')).status, 400);
      assert.equal((await http.post('/mcp', { hello: 'world' })).status, 400);
      assert.equal((await http.post('/mcp', message('tools/list', { x: 'x'.repeat(1024 * 1024) }))).status, 413);
      assert.equal((await http.send('POST', '/mcp', 'x=1', { 'content-type': 'text/plain' })).status, 415);
      const told = await http.post('/mcp', { jsonrpc: '2.0', method: 'notifications/initialized' });
      assert.deepEqual([told.status, told.text], [202, '']);
      const unknown = await http.post('/mcp', message('resources/list'));
      assert.equal(unknown.body.error.code, -32601);
    });
  });

  it('ends a call that waits with the key of its caller', async () => {
    const begun = Promise.withResolvers<void>();
    bench.app.declare({
      functions: [
        defineFunction({
          name: 'test.wait',
          summary: 'Waits until nobody may have the answer',
          access: { scope: 'licenses:read', tenant: true },
          input: Type.Object({}),
          output: Type.Object({}),
          async run(_, { signal }) {
            begun.resolve();
            await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
            return {};
          },
        }),
      ],
    });
    const headers = { ...(await keyOf(owner)), accept: 'application/json, text/event-stream' };
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'test.wait', arguments: {} } };
    const waiting = bench.app.http.with(headers).post('/mcp', body);
    await begun.promise;
    const [key] = (await owner.http.get('/api/v2/api-keys')).body;
    assert.equal((await owner.http.delete(`/api/v2/api-keys/${key.id}`)).status, 204);
    assert.equal((await waiting).status, 401);
  });

  it('gives a super-admin’s narrow key no more than it has', async () => {
    const seen: FunctionCall[] = [];
    bench.app.declare({
      functions: [
        defineFunction({
          name: 'test.who',
          summary: 'Who calls',
          access: { scope: 'licenses:read', tenant: true },
          input: Type.Object({}),
          output: Type.Object({}),
          async run(_, given) {
            seen.push(given);
            return {};
          },
        }),
      ],
    });
    const admin = await signInAdmin(bench.app);
    for (const scopes of [['licenses:read'], ['licenses:read', 'admin:manage']]) {
      await call(await connect(await keyOf(admin, scopes)), 'test.who');
    }
    await call(await connect(await keyOf(owner, ['licenses:read'])), 'test.who');
    assert.deepEqual(
      seen.map(({ principal }) => [principal.kind, isSuperadmin(principal), principal.scopes?.length]),
      [
        ['apiKey', false, 1],
        ['apiKey', true, 2],
        ['apiKey', false, 1],
      ],
    );
    assert.ok(seen.every(({ principal, signal }) => principal.tenantId && signal));
    assert.equal(new Set(seen.map(({ idempotencyKey }) => idempotencyKey)).size, 3);
  });
});
