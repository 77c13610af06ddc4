/** Providers of tenants, budgets in money, and what was spent: over the API, by everybody who may and nobody else. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { LLMock } from '@copilotkit/aimock';
import Type from 'typebox';
import { ADMIN, addMember, type Person, register, signIn } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { type BadServer, badServer, fakeModels, openAiStream, question, startAi } from './support.ts';

const PATH = '/api/platform/ai';
const KEY = 'sk-very-secret-1';

describe('providers and budgets of tenants', () => {
  let mock: LLMock;
  let bad: BadServer;
  let app: TestPlatform;
  let owner: Person;
  let other: Person;

  before(async () => {
    mock = await fakeModels();
    bad = await badServer();
    mock.onMessage(/.*/, { content: 'Hello.', usage: { prompt_tokens: 100, completion_tokens: 100 } });
    app = await startAi(
      { house: { kind: 'openai-compatible', baseUrl: `${mock.url}/v1`, model: 'gpt-4o', apiKey: 'sk-of-the-house' } },
      { ai: { retries: 0 } },
    );
    owner = await register(app);
    other = await register(app);
  });
  after(async () => {
    await app.stop();
    await mock.stop();
    await bad.stop();
  });

  const own = (name: string, more: object = {}) => ({
    name,
    kind: 'openai-compatible',
    base_url: `${mock.url}/v1`,
    model: 'gpt-4o-mini',
    api_key: KEY,
    ...more,
  });
  const settled = () => app.services.pendingWrites.settled();

  it('says of a provider what came of asking it last, as it is set up now', async () => {
    const { http } = other;
    const last = async () => {
      const { body } = await http.get(`${PATH}/providers`);
      return body.items.map(({ last_call }: { last_call: { ok: boolean; error: string } | null }) => last_call);
    };
    await http.post(`${PATH}/providers`, own('new', { base_url: `${bad.url}/v1` }));
    assert.deepEqual(await last(), [null]);
    bad.answer((response) => response.writeHead(401).end('{"error":{"message":"no such key"}}'));
    await http.post(`${PATH}/providers/new/try`, {});
    const [failed] = await last();
    assert.equal(failed.ok, false);
    assert.match(failed.error, /no such key|401/);
    await http.patch(`${PATH}/providers/new`, { place: 1 });
    assert.deepEqual(await last(), [failed]);

    app.clock.advance(1000);
    await http.patch(`${PATH}/providers/new`, { base_url: `${mock.url}/v1`, api_key: KEY });
    assert.deepEqual(await last(), [null]);
    app.clock.advance(1000);
    await http.post(`${PATH}/providers/new/try`, {});
    const [answered] = await last();
    assert.deepEqual([answered.ok, answered.error], [true, '']);
    await http.delete(`${PATH}/providers/new`);
  });

  it('is said to be missing where a robot is to answer by models, until there is one', async () => {
    const { http } = other;
    const how = async () =>
      (await http.get(`${PATH}/answering`)).body.robots.map(({ answers }: { answers: string }) => answers);
    await http.patch('/api/v2/tenant/settings', { ai_consent_enabled: true });
    assert.equal((await http.post('/api/robots', { name: 'Desk' })).status, 200);
    assert.deepEqual(await how(), ['no_model']);
    await http.post(`${PATH}/providers`, own('first'));
    assert.deepEqual(await how(), ['drafts']);
    await http.delete(`${PATH}/providers/first`);
  });

  it('records in the audit log who has added, changed and removed one', async () => {
    const { http, id } = other;
    await http.post(`${PATH}/providers`, own('recorded'));
    assert.equal((await http.patch(`${PATH}/providers/recorded`, { model: 'gpt-4o' })).status, 200);
    await http.delete(`${PATH}/providers/recorded`);
    const entries = await app.services.db
      .read('auth_audit_entries')
      .where({ target_type: 'provider', target_id: 'recorded' })
      .orderBy('id');
    assert.deepEqual(
      entries.map(({ action, actor_id }) => [action, actor_id]),
      ['provider.created', 'provider.changed', 'provider.deleted'].map((action) => [action, id]),
    );
  });

  it('keeps a provider with its key sealed, which nobody sees again', async () => {
    const made = await owner.http.post(`${PATH}/providers`, own('mine', { price: { input: 1, output: 2 } }));
    assert.equal(made.status, 201);
    assert.equal(made.body.has_key, true);
    const list = await owner.http.get(`${PATH}/providers`);
    assert.deepEqual(
      list.body.items.map(({ name, source }: { name: string; source: string }) => [name, source]),
      [['mine', 'own']],
    );
    assert.doesNotMatch(JSON.stringify([made.body, list.body]), /sk-/);
    const [row] = await app.services.db.read('ai_replies_providers');
    assert.doesNotMatch(JSON.stringify(row), /sk-very/);
    const tried = await owner.http.post(`${PATH}/providers/mine/try`, {});
    assert.deepEqual([tried.body.ok, tried.body.text, tried.body.cost], [true, 'Hello.', 0.0003]);
  });

  it('sends nothing that somebody has written where the tenant has not agreed to AI', async () => {
    const text = 'The address of our customer is Elm Street 5';
    const sent = async (isAgreed: boolean) => {
      await owner.http.patch('/api/v2/tenant/settings', { ai_consent_enabled: isAgreed });
      mock.clearRequests();
      assert.equal((await owner.http.post(`${PATH}/providers/mine/try`, { text })).body.ok, true);
      return JSON.stringify(mock.getRequests().map(({ body }) => body));
    };
    assert.match(await sent(true), /Elm Street/);
    const without = await sent(false);
    assert.match(without, /Say hello in one short sentence/);
    assert.doesNotMatch(without, /Elm Street/);
  });

  it('says of one that is tried out when its answer was cut off, and lets it think before', async () => {
    const made = await owner.http.post(`${PATH}/providers`, own('thinking', { base_url: bad.url }));
    assert.equal(made.status, 201, made.text);
    bad.answer((response) => openAiStream(response, 'Hmm, let me', 'length'));
    const tried = await owner.http.post(`${PATH}/providers/thinking/try`, {});
    assert.deepEqual([tried.body.ok, tried.body.code], [false, 'provider_failed']);
    assert.match(tried.body.text, /thinking: The answer was cut off: it is longer than the 2000 tokens/);
    assert.equal(JSON.parse(bad.requests.at(-1) ?? '{}').max_tokens, 2_000);
    assert.equal((await owner.http.delete(`${PATH}/providers/thinking`)).status, 204);
  });

  it('shows and lends them to nobody else', async () => {
    assert.deepEqual((await other.http.get(`${PATH}/providers`)).body.items, []);
    assert.equal((await other.http.post(`${PATH}/providers/mine/try`, {})).status, 404);
    assert.equal((await other.http.delete(`${PATH}/providers/mine`)).status, 404);
    assert.equal((await other.http.post(`${PATH}/providers/house/try`, {})).status, 404);
    const member = await addMember(app, owner, 'member');
    assert.equal((await member.http.get(`${PATH}/providers`)).status, 200);
    assert.equal((await member.http.post(`${PATH}/providers`, own('theirs'))).status, 403);
    assert.equal((await member.http.post(`${PATH}/providers/mine/try`, {})).status, 403);
    const operator = await signIn(app, ADMIN.email, ADMIN.password);
    const [house] = (await operator.http.get(`${PATH}/providers`)).body.items;
    assert.deepEqual([house.name, house.source, house.has_key], ['house', 'config', true]);
    assert.equal(
      (await operator.http.patch(`${PATH}/providers/house`, { model: 'x' })).body.code,
      'provider_of_config',
    );
    assert.equal((await operator.http.post(`${PATH}/providers`, own('house'))).body.code, 'provider_exists');
  });

  it('sends a key nowhere that it was not given for', async () => {
    const moved = await owner.http.patch(`${PATH}/providers/mine`, { base_url: bad.url });
    assert.equal(moved.status, 400);
    assert.equal(
      (await owner.http.patch(`${PATH}/providers/mine`, { base_url: bad.url, api_key: 'other' })).status,
      200,
    );
    const inside = await owner.http.post(`${PATH}/providers`, own('inside', { base_url: 'http://169.254.169.254/v1' }));
    assert.equal(inside.status, 400);
    const back = { base_url: `${mock.url}/v1`, api_key: KEY };
    assert.equal((await owner.http.patch(`${PATH}/providers/mine`, back)).status, 200);
  });

  it('says in words what is wrong with a provider that is tried', async () => {
    await owner.http.post(`${PATH}/providers`, own('broken', { base_url: bad.url }));
    bad.answer((response, { headers }) => {
      assert.equal(headers.authorization, `Bearer ${KEY}`);
      response.writeHead(401).end('{"error":{"message":"no such key"}}');
    });
    const tried = await owner.http.post(`${PATH}/providers/broken/try`, {});
    assert.equal(tried.body.ok, false);
    assert.match(tried.body.text, /no such key/);
    assert.equal((await owner.http.delete(`${PATH}/providers/broken`)).status, 204);
  });

  it('overwrites nobody else’s change', async () => {
    const { headers } = await owner.http.get(`${PATH}/providers`);
    assert.ok(headers);
    const [mine] = (await owner.http.get(`${PATH}/providers`)).body.items;
    const first = await owner.http.patch(
      `${PATH}/providers/mine`,
      { model: 'one' },
      { 'if-match': `"${mine.version}"` },
    );
    assert.equal(first.status, 200);
    const second = await owner.http.patch(
      `${PATH}/providers/mine`,
      { model: 'two' },
      { 'if-match': `"${mine.version}"` },
    );
    assert.equal(second.status, 412);
  });

  it('tells of 50, 80 and 100 % once, and stops there', async () => {
    const rich = await register(app);
    // A call costs 0.0003.
    await rich.http.post(`${PATH}/providers`, own('mine', { price: { input: 1, output: 2 } }));
    const made = await rich.http.post(`${PATH}/budgets`, { kind: 'robot', subject: '*', period: 'day', amount: 0.001 });
    assert.equal(made.status, 201);
    assert.equal(
      (await rich.http.post(`${PATH}/budgets`, { kind: 'robot', subject: '*', period: 'day', amount: 1 })).status,
      409,
    );
    const heard = await app.record(/^ai\.limit/);
    const ask = (robotId: string) =>
      app.services.models.ask(question(rich.tenantId, 'Hello?', { asker: { robotId }, maxOutputTokens: 10 }));
    for (let count = 0; count < 4; count++) {
      await ask('robot_1');
      await settled();
    }
    await assert.rejects(ask('robot_1'), { code: 'budget_exceeded' });
    assert.equal((await ask('robot_2')).text, 'Hello.');
    await settled();
    const told = (await heard.all()).map(({ data }) => [data.kind, data.subject, data.percent]);
    assert.deepEqual(
      told,
      [50, 80, 100].map((percent) => ['robot', 'robot_1', percent]),
    );
    await app.clock.advance(24 * 3600_000);
    assert.equal((await ask('robot_1')).text, 'Hello.');
    const { http } = await signIn(app, rich.email, rich.password);
    await settled();
    const costs = await http.get(`${PATH}/costs?by=robot`);
    assert.deepEqual(
      costs.body.items.map(({ subject, calls }: { subject: string; calls: number }) => [subject, calls]).sort(),
      [
        ['robot_1', 5],
        ['robot_2', 1],
      ],
    );
  });

  it('counts nothing of days that are yet to come, which a clock noted that was ahead', async () => {
    const rich = await register(app);
    await rich.http.post(`${PATH}/providers`, own('mine', { price: { input: 1, output: 2 } }));
    await rich.http.post(`${PATH}/budgets`, { kind: 'tenant', period: 'month', amount: 0.001 });
    const ask = () => app.services.models.ask(question(rich.tenantId, 'Hello?', { maxOutputTokens: 10 }));
    const year = 365 * 24 * 3600_000;
    app.clock.jump(year);
    for (let count = 0; count < 4; count++) {
      await ask();
      await settled();
    }
    await assert.rejects(ask(), { code: 'budget_exceeded' });
    app.clock.jump(-year);
    assert.equal((await ask()).text, 'Hello.');
    await settled();
  });

  it('does not overdraw a budget by many calls at once', async () => {
    const rich = await register(app);
    await rich.http.post(`${PATH}/providers`, own('mine', { price: { input: 1, output: 2 } }));
    await rich.http.post(`${PATH}/budgets`, { kind: 'tenant', period: 'month', amount: 0.001 });
    const asked = await Promise.allSettled(
      Array.from({ length: 30 }, () =>
        app.services.models.ask(question(rich.tenantId, 'Hello?', { maxOutputTokens: 100 })),
      ),
    );
    await settled();
    const answered = asked.filter(({ status }) => status === 'fulfilled').length;
    assert.ok(answered >= 3 && answered <= 6, `${answered} of 30 were answered`);
    const [budget] = (await rich.http.get(`${PATH}/budgets`)).body.items;
    assert.ok(budget.used < 0.002, `${budget.used} of 0.001 was spent`);
  });

  it('does not overdraw one of two budgets by many calls at once', async () => {
    const rich = await register(app);
    await rich.http.post(`${PATH}/providers`, own('mine', { price: { input: 1, output: 2 } }));
    await rich.http.post(`${PATH}/budgets`, { kind: 'tenant', period: 'month', amount: 1 });
    await rich.http.post(`${PATH}/budgets`, { kind: 'contact', subject: '*', period: 'day', amount: 0.001 });
    const asker = { contactId: 'contact_1' };
    const asked = await Promise.allSettled(
      Array.from({ length: 30 }, () =>
        app.services.models.ask(question(rich.tenantId, 'Hello?', { asker, maxOutputTokens: 100 })),
      ),
    );
    await settled();
    const answered = asked.filter(({ status }) => status === 'fulfilled').length;
    assert.ok(answered >= 3 && answered <= 6, `${answered} of 30 were answered`);
  });

  it('counts what answers have cost that were of no use', async () => {
    const poor = await register(app);
    const { models } = app.services;
    await poor.http.post(`${PATH}/providers`, own('useless', { base_url: bad.url, price: { input: 10, output: 10 } }));
    await poor.http.post(`${PATH}/budgets`, { kind: 'tenant', period: 'month', amount: 0.0004 });
    bad.answer((response) => openAiStream(response, 'No JSON at all'));
    const schema = Type.Object({ name: Type.String() });
    const ask = () => models.ask(question(poor.tenantId, 'Who?', { schema, maxOutputTokens: 1 }));
    // The provider bills 12 tokens and 3: 0.00015 for each.
    for (let count = 0; count < 3; count++) {
      await assert.rejects(ask(), { code: 'provider_failed' });
      await settled();
    }
    await assert.rejects(ask(), { code: 'budget_exceeded' });
    const [budget] = (await poor.http.get(`${PATH}/budgets`)).body.items;
    assert.equal(budget.used, 0.00045);
  });

  it('counts what a call may have cost that the process did not outlive', async () => {
    const poor = await register(app);
    const { calls, clock, db } = app.services;
    const asker = { tenantId: poor.tenantId, purpose: 'generate' as const };
    await calls.begin({ uuid: crypto.randomUUID(), asker, provider: 'mine', model: 'm', micros: 700, at: clock.now() });
    assert.equal(await calls.closeLost(clock.now()), 0);
    assert.equal(await calls.closeLost(clock.now() + 1), 1);
    assert.equal(await calls.closeLost(clock.now() + 1), 0);
    const [tenant] = await db.read('ai_replies_spend').where({ tenant_id: poor.tenantId, kind: 'tenant' });
    assert.deepEqual([tenant?.micros, tenant?.calls, tenant?.failures], [700, 1, 1]);
    const list = await poor.http.get(`${PATH}/calls?outcome=lost`);
    assert.equal(list.body.items.length, 1);
  });

  it('takes the budget of one before that of each, and no more budgets than can be looked at', async () => {
    const rich = await register(app);
    const budget = (subject: string, amount: number) =>
      rich.http.post(`${PATH}/budgets`, { kind: 'contact', subject, period: 'day', amount });
    await budget('*', 0.000001);
    await budget('ada', 5);
    const reserve = (contactId: string) =>
      app.services.budgets.reserve({ tenantId: rich.tenantId, purpose: 'reply', contactId }, 2);
    for (const contact of ['ada', 'ada', 'bob']) await reserve(contact);
    await assert.rejects(reserve('bob'), { code: 'budget_exceeded' });
    const now = app.clock.now();
    const rows = Array.from({ length: 997 }, (_, place) => ({
      uuid: randomUUID(),
      tenant_id: rich.tenantId,
      kind: 'contact' as const,
      subject: `contact-${place}`,
      period: 'day' as const,
      micros: 1,
      created_at: now,
      updated_at: now,
    }));
    for (let start = 0; start < rows.length; start += 400)
      await app.services.db.transaction((trx) => trx('ai_replies_budgets').insert(rows.slice(start, start + 400)));
    assert.equal((await budget('carol', 1)).status, 201);
    const refused = await budget('dora', 1);
    assert.deepEqual([refused.status, refused.body.code], [409, 'too_many_budgets']);
    assert.equal((await rich.http.get(`${PATH}/budgets`)).body.items.length, 1_000);
  });

  it('streams a long answer’s tokens into one figure when the provider says none', async () => {
    const poor = await register(app);
    await poor.http.post(`${PATH}/providers`, own('quiet', { base_url: bad.url, price: { input: 1, output: 1 } }));
    bad.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };
      const choice = { index: 0, delta: { role: 'assistant', content: 'word '.repeat(50) }, finish_reason: null };
      response.write(`data: ${JSON.stringify({ ...chunk, choices: [choice] })}\n\n`);
      response.end(
        `data: ${JSON.stringify({ ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`,
      );
    });
    const answer = await app.services.models.ask(question(poor.tenantId, 'Hello?'));
    assert.ok(answer.outputTokens > 20 && answer.outputTokens < 150, String(answer.outputTokens));
    assert.ok(answer.costMicros > 20);
  });
});
