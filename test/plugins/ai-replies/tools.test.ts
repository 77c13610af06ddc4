/** Tools of robots: allowed by people, called with their rights, approved where something changes, and bounded. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as McpServer } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { scopesOf } from '#core/access/access.ts';
import { ADMIN, addMember, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { robotOf, type TestRobot, upload } from '../robots/support.ts';
import { startAi } from './support.ts';

const PATH = '/api/platform/ai';

describe('tools of robots', () => {
  let app: TestPlatform;
  let owner: Person;
  let robot: TestRobot;
  let shop: { url: string; calls: unknown[]; authorization: string[]; listed: string[]; stop(): Promise<void> };

  before(async () => {
    shop = await shopOfTools();
    app = await startAi({}, { plugins: { auth: { registration: 'open', admin: ADMIN, accessTokenMinutes: 1_440 } } });
    owner = await register(app);
    await agree(true);
    robot = await robotOf(app, owner);
  });
  after(async () => {
    await app.stop();
    await shop.stop();
  });

  const use = (key = 'turn-1', contactId = '') => ({
    tenantId: owner.tenantId,
    robotId: robot.robotId,
    conversationId: 'c-1',
    contactId,
    key,
  });
  const agree = (ai_consent_enabled: boolean) => owner.http.patch('/api/v2/tenant/settings', { ai_consent_enabled });
  const allow = (items: object[], http = owner.http) => http.put(`${PATH}/robots/${robot.robotId}/tools`, { items });
  const signal = new AbortController().signal;
  const contactOf = async () => {
    await upload(robot, { spoken: 'Hi', receivedName: 'Ada' });
    const [contact] = (await owner.http.get('/api/platform/robots/contacts')).body.items;
    return contact.id as string;
  };

  it('offers what the person may call, and of servers what they have', async () => {
    const named = { name: 'shop', url: shop.url, token: 'secret-of-the-shop' };
    const made = await owner.http.post(`${PATH}/mcp-servers`, named);
    assert.equal(made.status, 201, made.text);
    assert.doesNotMatch(made.text, /secret-of/);
    const { body } = await owner.http.get(`${PATH}/tools`);
    const offered = new Map<string, boolean>(
      body.items.map(({ tool, changes }: { tool: string; changes: boolean }) => [tool, changes]),
    );
    assert.equal(offered.get('mcp:shop/find_order'), false);
    assert.equal(offered.get('mcp:shop/cancel_order'), true);
    assert.equal(offered.get('function:contacts.update'), true);
    assert.ok(![...offered.keys()].some((tool) => tool.startsWith('function:ai.')));
    assert.deepEqual([...new Set(shop.authorization)], ['Bearer secret-of-the-shop']);
  });

  it('calls nothing that was not allowed, and lets nobody allow what they may not', async () => {
    assert.deepEqual(await app.services.tools.forModel(use()), []);
    assert.equal((await allow([{ tool: 'function:auth.deleteEverything' }])).status, 400);
    const member = await addMember(app, owner, 'member');
    assert.equal((await allow([{ tool: 'mcp:shop/find_order' }], member.http)).status, 403);
    const stranger = await register(app);
    assert.equal((await allow([], stranger.http)).status, 404);
  });

  it('calls a tool of a server at once when it changes nothing', async () => {
    assert.equal((await allow([{ tool: 'mcp:shop/find_order' }])).status, 200);
    const [tool] = await app.services.tools.forModel(use());
    assert.equal(tool?.name, 'shop_find_order');
    assert.deepEqual(await tool?.run({ order: 7 }, signal), 'Order 7 is in Bremen');
    const place = { 'patchbay/robot': robot.robotId, 'patchbay/conversation': 'c-1', 'patchbay/contact': '' };
    assert.deepEqual(Object(shop.calls.at(-1))._meta, place, 'it is told who asks, whatever a model writes');
    const { body } = await owner.http.get(`${PATH}/tool-calls`);
    assert.deepEqual([body.items[0].state, body.items[0].output], ['done', 'Order 7 is in Bremen']);
  });

  it('may with each function all that it needs', async () => {
    const several = app.services.functions.list().filter(({ access }) => scopesOf(access).length > 1);
    assert.ok(several.length > 0);
    for (const { name } of several) {
      // None of them says of itself that it may be called without a person.
      Object.assign(app.services.functions.list().find((one) => one.name === name) ?? {}, { sameForAll: true });
      await allow([{ tool: `function:${name}`, asks: false }]);
      const [tool] = await app.services.tools.forModel(use('turn-1'));
      const given: any = await tool?.run({ message_id: 999_999, to: 'bob@example.com' }, signal);
      assert.doesNotMatch(given.error, /lacks the scope/i, name);
      Object.assign(app.services.functions.list().find((one) => one.name === name) ?? {}, { sameForAll: false });
    }
  });

  it('asks a person before something changes, and then does it once, as that person', async () => {
    const contact = await contactOf();
    await allow([{ tool: 'function:contacts.update' }]);
    const [tool] = await app.services.tools.forModel(use('turn-2', contact));
    assert.doesNotMatch(JSON.stringify(tool?.input), /contact_id/);
    const input = { fields: { city: 'Bremen' } };
    const first: any = await tool?.run(input, signal);
    assert.equal(first.asked, true);
    // The same answer made again asks nobody twice.
    await tool?.run(input, signal);
    const waiting = (await owner.http.get(`${PATH}/tool-calls?state=waiting`)).body.items;
    assert.equal(waiting.length, 1);
    const cityOf = async () =>
      (await owner.http.get(`/api/platform/robots/contacts/${contact}`)).body.fields.city as string | undefined;
    assert.equal(await cityOf(), undefined);
    const approve = `${PATH}/tool-calls/${waiting[0].id}/approve`;
    const decisions = await Promise.all([owner.http.post(approve), owner.http.post(approve)]);
    assert.deepEqual(decisions.map(({ status }) => status).sort(), [200, 409]);
    await app.services.jobs.idle();
    assert.equal(await cityOf(), 'Bremen');
    const [done] = (await owner.http.get(`${PATH}/tool-calls?state=done`)).body.items;
    assert.equal(done.id, waiting[0].id);
  });

  it('does nothing that was rejected', async () => {
    await allow([{ tool: 'mcp:shop/cancel_order' }]);
    const [tool] = await app.services.tools.forModel(use('turn-3'));
    await tool?.run({ order: 9 }, signal);
    const [waiting] = (await owner.http.get(`${PATH}/tool-calls?state=waiting`)).body.items;
    assert.equal((await owner.http.post(`${PATH}/tool-calls/${waiting.id}/reject`)).body.state, 'rejected');
    await app.services.jobs.idle();
    assert.ok(!JSON.stringify(shop.calls).includes('cancel_order'));
    assert.equal((await owner.http.post(`${PATH}/tool-calls/${waiting.id}/approve`)).status, 409);
  });

  it('gives a model that asks for another tenant’s data nothing', async () => {
    const stranger = await register(app);
    const theirs = await robotOf(app, stranger);
    await upload(theirs, { spoken: 'Hi', receivedName: 'Bob' });
    const [bob] = (await stranger.http.get('/api/platform/robots/contacts')).body.items;
    const contact = await contactOf();
    await allow([{ tool: 'function:contacts.update', asks: false }]);
    const [tool] = await app.services.tools.forModel(use('turn-4', contact));
    const given: any = await tool?.run({ contact_id: bob.id, notes: 'stolen' }, signal);
    assert.deepEqual([given.id, given.notes], [contact, 'stolen'], 'it is of whom it speaks with');
    const { body } = await stranger.http.get(`/api/platform/robots/contacts/${bob.id}`);
    assert.equal(body.notes, '');
  });

  it('stops a model that calls without end, or with megabytes', async () => {
    await allow([{ tool: 'mcp:shop/find_order' }, { tool: 'mcp:shop/cancel_order' }]);
    const tools = await app.services.tools.forModel(use('turn-5'));
    const [cancel, find] = tools.sort((one, other) => (one.name < other.name ? -1 : 1));
    const large: any = await cancel?.run({ order: 1, note: 'x'.repeat(1_000_000) }, signal);
    assert.match(large.error, /characters/);
    const before = shop.calls.length;
    const given = await Promise.all(Array.from({ length: 60 }, (_, order) => find?.run({ order }, signal)));
    assert.equal(shop.calls.length - before, 19);
    assert.match(Object(given[40]).error, /At most 20/);
    const asked: any = await cancel?.run({ order: 1 }, signal);
    assert.match(asked.error, /At most 20/);
    assert.equal((await owner.http.get(`${PATH}/tool-calls?state=waiting`)).body.items.length, 0);
  });

  it('carries out what was approved on a server once, also when it fails', async () => {
    await allow([{ tool: 'mcp:shop/cancel_order' }]);
    const [tool] = await app.services.tools.forModel(use('turn-6'));
    await tool?.run({ order: 500 }, signal);
    const [waiting] = (await owner.http.get(`${PATH}/tool-calls?state=waiting`)).body.items;
    const before = shop.calls.length;
    await owner.http.post(`${PATH}/tool-calls/${waiting.id}/approve`);
    for (let tries = 0; tries < 6; tries++) {
      await app.services.jobs.idle();
      await app.clock.advance(600_000);
    }
    await app.services.jobs.idle();
    assert.equal(shop.calls.length - before, 1);
    const [failed] = (await owner.http.get(`${PATH}/tool-calls?state=failed`)).body.items;
    assert.equal(failed.id, waiting.id);
  });

  it('gives a server nothing that is approved after the consent was taken back', async () => {
    await allow([{ tool: 'mcp:shop/cancel_order' }]);
    const [tool] = await app.services.tools.forModel(use('turn-9'));
    await tool?.run({ order: 501 }, signal);
    const [waiting] = (await owner.http.get(`${PATH}/tool-calls?state=waiting`)).body.items;
    const before = shop.calls.length;
    await agree(false);
    await owner.http.post(`${PATH}/tool-calls/${waiting.id}/approve`);
    await app.services.jobs.idle();
    await agree(true);
    assert.equal(shop.calls.length, before);
    const [failed] = (await owner.http.get(`${PATH}/tool-calls?state=failed`)).body.items;
    assert.deepEqual([failed.id, /ai_consent_enabled/.test(failed.output.error)], [waiting.id, true]);
  });

  it('keeps calls whose texts hold what no database takes, and offers no tool of such a name', async () => {
    await allow([{ tool: 'mcp:shop/find_order', asks: false }, { tool: 'mcp:shop/cancel_order' }]);
    const [cancel, find] = (await app.services.tools.forModel(use('turn-7'))).sort((one, other) =>
      one.name < other.name ? -1 : 1,
    );
    const input = { order: 600, 'no\0te': 'a\0b' };
    assert.equal(await find?.run(input, signal), 'Order 600 is \ufffd here');
    const asked: any = await cancel?.run(input, signal);
    assert.equal(asked.asked, true);
    const kept = (await owner.http.get(`${PATH}/tool-calls`)).body.items.slice(0, 2);
    assert.deepEqual(
      kept.map(({ state, input: given }: { state: string; input: object }) => [state, given]),
      [
        ['waiting', { order: 600, note: 'ab' }],
        ['done', { order: 600, note: 'ab' }],
      ],
    );
    const { body } = await owner.http.get(`${PATH}/tools`);
    const names = body.items
      .map(({ tool }: { tool: string }) => tool)
      .filter((tool: string) => tool.startsWith('mcp:'));
    assert.deepEqual(names.sort(), ['mcp:shop/cancel_order', 'mcp:shop/find_order']);
    const refused = await owner.http.post(`${PATH}/mcp-servers`, { name: 'odd', url: `${shop.url}?a=\0` });
    assert.equal(refused.status, 422);
  });

  it('keeps a server that calls itself as a function is called from taking its calls', async () => {
    const { mcpServers } = app.services;
    await owner.http.post(`${PATH}/mcp-servers`, { name: 'contacts', url: shop.url });
    const { tools: toolsOf, call } = mcpServers;
    const input = { type: 'object' };
    mcpServers.tools = async (tenantId, name) =>
      name === 'contacts'
        ? ['update', 'upd.te', 'upd_te'].map((own) => ({
            server: name,
            name: own,
            description: own,
            input,
            binds: {},
            isReadOnly: true,
          }))
        : toolsOf(tenantId, name);
    const called: string[] = [];
    mcpServers.call = async (_tenantId, _name, { tool }) => void called.push(tool);
    const wanted = [
      'function:contacts.update',
      ...['update', 'upd.te', 'upd_te'].map((tool) => `mcp:contacts/${tool}`),
    ];
    assert.equal((await allow(wanted.map((tool) => ({ tool })))).status, 200);
    const tools = await app.services.tools.forModel(use('turn-8'));
    const names = ['contacts_update', 'contacts_upd_te', 'contacts_update_2', 'contacts_upd_te_2'];
    assert.deepEqual(tools.map(({ name }) => name).sort(), names.sort());
    const asked: any = await tools.find(({ name }) => name === 'contacts_update')?.run({}, signal);
    assert.deepEqual([asked.asked, called], [true, []], 'it is the function, which asks a person');
    for (const name of names.filter((one) => one !== 'contacts_update'))
      await tools.find((tool) => tool.name === name)?.run({}, signal);
    assert.deepEqual(called.sort(), ['upd.te', 'upd_te', 'update']);
    Object.assign(mcpServers, { tools: toolsOf, call });
  });

  it('calls nothing any more for somebody who has lost the right', async () => {
    const second = await register(app);
    const own = await robotOf(app, second);
    const allowed = await second.http.put(`${PATH}/robots/${own.robotId}/tools`, {
      items: [{ tool: 'function:contacts.update', asks: false }],
    });
    assert.equal(allowed.status, 200, allowed.text);
    const admin = await signInAdmin(app);
    const suspended = await admin.http.patch(`/api/v2/admin/tenants/${second.tenantId}`, { status: 'suspended' });
    assert.equal(suspended.status, 200);
    const tools = await app.services.tools.forModel({
      tenantId: second.tenantId,
      robotId: own.robotId,
      conversationId: 'c',
      key: 'k',
    });
    const given: any = await tools[0]?.run({ contact_id: 'x' }, signal);
    assert.match(given.error, /not allowed any more/);
  });

  it('says what a server does that fails, and offers nothing of it', async () => {
    const url = 'http://127.0.0.1:9/mcp?token=secret';
    await owner.http.post(`${PATH}/mcp-servers`, { name: 'gone', url });
    const { raw_key } = (await owner.http.post('/api/v2/api-keys', { name: 'reads', scopes: ['ai:read'] })).body;
    const seen = async (http: typeof owner.http) =>
      (await http.get(`${PATH}/mcp-servers`)).body.items.find(({ name }: { name: string }) => name === 'gone').url;
    assert.equal(await seen(owner.http), url);
    assert.equal(await seen(app.http.apiKey(raw_key)), 'http://127.0.0.1:9/****');
    const answer = await owner.http.get(`${PATH}/mcp-servers/gone/tools`);
    assert.deepEqual([answer.status, answer.body.code], [502, 'mcp_server_failed']);
    assert.equal((await owner.http.get(`${PATH}/tools`)).status, 200);
    assert.equal(
      (await owner.http.post(`${PATH}/mcp-servers`, { name: 'in', url: 'http://10.0.0.1/mcp' })).status,
      400,
    );
    assert.equal((await owner.http.delete(`${PATH}/mcp-servers/gone`)).status, 204);
    assert.equal((await owner.http.delete(`${PATH}/mcp-servers/gone`)).status, 404);
  });

  it('are asked for once by all who want them, page by page, and a server that hangs is left alone for a minute', async () => {
    let asked = 0;
    let givenUp = 0;
    const hanging = createServer((_, response) => {
      asked++;
      response.once('close', () => givenUp++);
    });
    await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}/mcp`;
    await owner.http.post(`${PATH}/mcp-servers`, { name: 'hangs', url });
    const { mcpServers } = app.services;
    const failed = () =>
      Promise.all(
        Array.from({ length: 10 }, () => mcpServers.tools(owner.tenantId, 'hangs').catch(({ code }) => code)),
      );
    assert.deepEqual(new Set(await failed()), new Set(['mcp_server_failed']));
    const before = asked;
    assert.ok(before <= 2, `${before} requests`);
    assert.deepEqual(new Set(await failed()), new Set(['mcp_server_failed']));
    assert.equal(asked, before);
    await app.clock.advance(61_000);
    const given = givenUp;
    assert.deepEqual(new Set(await failed()), new Set(['mcp_server_failed']));
    assert.equal(givenUp, given, 'no answer waits until it is given up again');
    while (asked === before) await new Promise(setImmediate);
    hanging.closeAllConnections();
    await new Promise((resolve) => hanging.close(resolve));
    await owner.http.delete(`${PATH}/mcp-servers/hangs`);

    await app.clock.advance(61_000);
    shop.listed.length = 0;
    const lists = await Promise.all(Array.from({ length: 10 }, () => mcpServers.tools(owner.tenantId, 'shop')));
    for (const list of lists)
      assert.deepEqual(
        list.map(({ name }) => name),
        ['find_order', 'cancel_order'],
      );
    while (shop.listed.length < 2) await new Promise(setImmediate);
    assert.deepEqual(shop.listed, ['', 'two'], 'an old list serves while the new one is fetched, once');
  });

  it('keeps what was done for a contact no longer than the contact, and answers', async () => {
    await allow([{ tool: 'mcp:shop/find_order' }]);
    const callsOf = async () => (await owner.http.get(`${PATH}/tool-calls`)).body.items.length as number;
    const before = await callsOf();
    for (const contactId of ['contact-1', 'contact-2']) {
      const [tool] = await app.services.tools.forModel({ ...use(contactId), contactId });
      await tool?.run({ order: 1 }, signal);
    }
    assert.equal(await callsOf(), before + 2);
    const { db, events } = app.services;
    const about = { tenantId: owner.tenantId };
    await db.transaction((trx) => events.emit(trx, 'contact.erased', { contact_id: 'contact-1' }, about));
    await app.services.jobs.idle();
    assert.equal(await callsOf(), before + 1);
    // What was made while two were one goes with whose conversation it is.
    const parted = { contact_id: 'contact-3', from_contact_id: 'contact-2' };
    const separate = async (conversation: string) => {
      const data = { ...parted, conversation_ids: [conversation] };
      await db.transaction((trx) => events.emit(trx, 'contact.separated', data, about));
      await app.services.jobs.idle();
      return (await db.read('ai_replies_tool_calls').where({ contact_id: 'contact-3' })).length;
    };
    assert.deepEqual([await separate('another'), await separate('c-1')], [0, 1]);
    await db.transaction((trx) => events.emit(trx, 'contact.erased', { contact_id: 'contact-3' }, about));
    await app.services.jobs.idle();
    assert.equal(await callsOf(), before);
    await app.services.replyErasure.prune(app.clock.now() + 1);
    assert.equal((await db.read('ai_replies_tool_calls')).length, 0);
  });
});

/** A server of two tools, as its protocol has it. */
async function shopOfTools() {
  const calls: unknown[] = [];
  const authorization: string[] = [];
  /** The cursor of each list that was asked for. */
  const listed: string[] = [];
  const order = { type: 'object' as const, properties: { order: { type: 'integer' } }, required: ['order'] };
  const listening: Server = createServer(async (request, response) => {
    authorization.push(String(request.headers.authorization));
    const server = new McpServer({ name: 'shop', version: '1.0.0' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, async ({ params }) => {
      listed.push(params?.cursor ?? '');
      const first = {
        name: 'find_order',
        description: 'Where an order is',
        inputSchema: order,
        annotations: { readOnlyHint: true },
      };
      return params?.cursor === undefined ? { tools: [first], nextCursor: 'two' } : { tools: others };
    });
    const others = [
      // No validator is made of what it says that it gives: one could not be made of this.
      {
        name: 'cancel_order',
        description: 'Cancels an order',
        inputSchema: order,
        outputSchema: { type: 'object', properties: { state: { type: 'string', pattern: '(' } } },
      },
      { name: 'odd\0name', description: 'Has a name that cannot be kept', inputSchema: order },
    ];
    server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
      calls.push(params);
      if (params.arguments?.order === 500) throw new Error('It is done, and I am broken');
      if (params.arguments?.order === 600) return { content: [{ type: 'text', text: 'Order 600\0 is \ud800 here' }] };
      return { content: [{ type: 'text', text: `Order ${params.arguments?.order} is in Bremen` }] };
    });
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    response.on('close', () => void transport.close());
    await server.connect(transport as never);
    await transport.handleRequest(request, response);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => listening.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}/mcp`,
    calls,
    authorization,
    listed,
    async stop() {
      listening.closeAllConnections();
      await new Promise((resolve) => listening.close(resolve));
    },
  };
}
