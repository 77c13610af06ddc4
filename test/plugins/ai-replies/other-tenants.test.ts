/**
 * What one tenant has, by its very ids, over every route of AI: for another tenant it is not there, and nothing of it is told.
 * A key that may read changes nothing, and a member neither money, keys nor tools.
 */
import assert from 'node:assert/strict';
import { addMember, type Person } from '#test/support/accounts.ts';
import type { Answer } from '#test/support/client.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { openStream } from '#test/support/streams.ts';
import type { TestRobot } from '../robots/support.ts';
import { type Answers, conversationOf, say, setPolicy, startAnswers } from './answers-support.ts';
import { ok } from './knowledge-support.ts';

const PATH = '/api/platform/ai';
const SECRET = /secret/i;
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
/** By what follows the path of all: what nobody but owners and admins may do. */
const ADMINISTERED = /^(post|put|patch|delete) \/(providers|budgets|mcp-servers|robots)\b/;

/** Nobody answers there. */
const SOURCE = { kind: 'webdav', url: 'http://127.0.0.1:9/secret' };

interface Operation {
  method: string;
  /** Behind the path of all, with the names of its parameters. */
  path: string;
}

describe('what a tenant has of AI', () => {
  let answers: Answers;
  let owner: Person;
  let robot: TestRobot;
  let stranger: { owner: Person; robot: TestRobot };
  let operations: Operation[];
  let ids: Record<string, string>;
  let bodies: Record<string, object>;

  before(async () => {
    answers = await startAnswers({ ai: { retries: 0 } });
    ({ owner, robot } = await answers.tenant());
    stranger = await answers.tenant();
    const { paths } = (await answers.app.http.get('/openapi.json')).body;
    operations = Object.entries<object>(paths)
      .filter(([path]) => path.startsWith(`${PATH}/`))
      .flatMap(([path, of]) =>
        METHODS.filter((method) => method in of).map((method) => ({ method, path: path.slice(PATH.length) })),
      );
    ids = await everythingOf(answers, owner, robot);
    bodies = {
      'post /providers': { name: 'other', kind: 'webhook', base_url: 'http://127.0.0.1:9' },
      'post /model-names': { base_url: `${answers.mock.url}/v1`, provider: ids.providers },
      'patch /providers/{name}': { model: 'other' },
      'post /providers/{name}/try': { text: 'Hello' },
      'post /budgets': { kind: 'robot', subject: robot.robotId, period: 'day', amount: 1 },
      'patch /budgets/{id}': { amount: 1 },
      'post /bases': { name: 'Other' },
      'patch /bases/{id}': { name: 'Other' },
      'post /search': { text: 'the text of the tenant', bases: [ids.bases] },
      'post /bases/{id}/sources': SOURCE,
      'patch /sources/{id}': { schedule: null },
      'post /knowledge/ask': { question: 'the text of the tenant', bases: [ids.bases] },
      'post /documents': { base_id: ids.bases, text: 'other' },
      'patch /documents/{id}': { name: 'Other' },
      'post /answers': { question: 'other?', answer: 'other' },
      'patch /answers/{id}': { answer: 'other' },
      'post /test-sets': { name: 'Other', bases: [ids.bases] },
      'patch /test-sets/{id}': { name: 'Other' },
      'post /test-sets/{id}/questions': { question: 'other?' },
      'patch /test-sets/{id}/questions/{question_id}': { question: 'other?' },
      'put /policies/{robotId}': { persona: 'Other', approval: false },
      'post /policies/{robotId}/try': { text: 'Hello' },
      'post /mcp-servers': { name: 'other', url: 'http://127.0.0.1:9' },
      'put /robots/{robotId}/tools': { items: [] },
      'post /replies/{id}/send': {},
      'post /tool-calls/{id}/approve': {},
    };
  });
  after(() => answers.stop());

  function call(http: TestPlatform['http'], { method, path }: Operation, query = ''): Promise<Answer> {
    const kind = path.split('/')[1] ?? '';
    const url = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? ids[kind] ?? assert.fail(path));
    if (/\/files?$/.test(path) && method !== 'get')
      return http.send(method.toUpperCase(), `${PATH}${url}?name=x`, 'other', { 'content-type': 'text/plain' });
    if (path.endsWith('/import'))
      return http.send('POST', `${PATH}${url}`, 'name,text\nother,other', { 'content-type': 'text/csv' });
    const body = bodies[`${method} ${path}`];
    return http.send(method.toUpperCase(), `${PATH}${url}${query}`, body && JSON.stringify(body), {
      ...(body && { 'content-type': 'application/json' }),
    });
  }

  it('is not there for another, whichever way its ids are used', async () => {
    const before = await allOf(answers, owner);
    for (const operation of operations) {
      const { status, text } = await call(stranger.owner.http, operation);
      const name = `${operation.method} ${operation.path}: ${status} ${text}`;
      assert.doesNotMatch(text, SECRET, name);
      if (operation.path.includes('{')) assert.equal(status, 404, name);
      else assert.ok(status < 300 || (status === 404 && bodies[`${operation.method} ${operation.path}`]), name);
    }
    assert.deepEqual(await allOf(answers, owner), before);
  });

  it('is in no list of another, nor in its CSV, functions and live events', async () => {
    const { app } = answers;
    answers.says('Hello.');
    const headers = { authorization: `Bearer ${stranger.owner.accessToken}` };
    const live = await openStream(`${app.url}/api/platform/live?topics=ai.*`, headers);
    for (const operation of operations.filter(({ method, path }) => method === 'get' && !path.includes('{'))) {
      const csv = await call(stranger.owner.http, operation, '?format=csv');
      assert.doesNotMatch(csv.text, SECRET, operation.path);
    }
    for (const [name, input] of Object.entries({
      'kb.search': { text: 'the text of the tenant', bases: [ids.bases] },
      'ai.generate': { prompt: 'Hello', provider: 'secret-model' },
    })) {
      const called = await stranger.owner.http.post(`/api/platform/functions/${name}`, { input });
      assert.equal(called.status, 200, called.text);
      assert.doesNotMatch(called.text, SECRET);
    }
    await say(answers, robot, 'another secret');
    await say(answers, stranger.robot, 'something of our own');
    await live.until(1);
    assert.doesNotMatch(JSON.stringify(live.data), new RegExp(robot.robotId));
    assert.match(JSON.stringify(live.data), new RegExp(stranger.robot.robotId));
    live.close();
  });

  it('is read by a key that may read, and not changed', async () => {
    const key = await ok(owner.http.post('/api/v2/api-keys', { name: 'k', scopes: ['ai:read'], expires_in_days: 1 }));
    const reader = answers.app.http.apiKey(key.raw_key);
    const before = await allOf(answers, owner);
    for (const operation of operations) {
      const { status, text } = await call(reader, operation);
      const name = `${operation.method} ${operation.path}: ${status} ${text}`;
      // What is asked of others may fail, and a file may not be there.
      if (operation.method === 'get') assert.ok(status < 300 || status === 502, name);
      else assert.equal(status, 403, name);
    }
    assert.deepEqual(await allOf(answers, owner), before);
  });

  it('costs no money and gives no tools by a member', async () => {
    const member = await addMember(answers.app, owner, 'member');
    const administered = operations.filter(({ method, path }) => ADMINISTERED.test(`${method} ${path}`));
    assert.ok(administered.length >= 10, `${administered.length}`);
    for (const operation of administered) {
      const { status, text } = await call(member.http, operation);
      assert.equal(status, 403, `${operation.method} ${operation.path}: ${text}`);
    }
  });
});

/** One of each kind; gives the ids by the kind as it stands in paths. */
async function everythingOf({ app, says, ...answers }: Answers, owner: Person, robot: TestRobot) {
  const { http } = owner;
  const post = async (path: string, body: object = {}): Promise<any> => ok(http.post(PATH + path, body));
  const { id: bases } = await post('/bases', { name: 'Secret' });
  const { id: sources } = await post(`/bases/${bases}/sources`, SOURCE);
  const { id: documents } = await post('/documents', { base_id: bases, text: '# Secret\n\nThe text of the tenant.' });
  const { id: approved } = await post('/answers', { question: 'secret?', answer: 'Secret.' });
  const { id: sets } = await post('/test-sets', { name: 'Secret' });
  const { id: question_id } = await post(`/test-sets/${sets}/questions`, { question: 'the text of the tenant?' });
  const { id: run_id } = await post(`/test-sets/${sets}/runs`);
  const { id: budgets } = await post('/budgets', { kind: 'tenant', period: 'day', amount: 1_000 });
  await setPolicy(owner, robot, { approval: true, persona: 'Secret' });
  says('A secret.');
  await say({ app, says, ...answers }, robot, 'What is the secret?');
  const [draft] = (await ok(http.get(`${PATH}/replies`))).items;
  const conversations = await conversationOf(owner);
  const { people, tools } = app.services;
  const user = await people.userByUuid(owner.id);
  const place = { tenantId: owner.tenantId, robotId: robot.robotId, conversationId: conversations, key: 'k' };
  const call = await tools.propose(place, 'function:contacts.update', { note: 'secret' }, user?.id ?? 0);
  await post('/mcp-servers', { name: 'secret-tools', url: 'http://127.0.0.1:9' });
  await post('/providers', { name: 'secret-model', kind: 'webhook', base_url: 'http://127.0.0.1:9' });
  return {
    bases,
    sources,
    mails: '1',
    documents,
    answers: approved,
    'test-sets': sets,
    question_id,
    run_id,
    budgets,
    conversations,
    replies: draft.id,
    'tool-calls': call,
    'mcp-servers': 'secret-tools',
    providers: 'secret-model',
    policies: robot.robotId,
    robots: robot.robotId,
  };
}

/** All rows of the tenant, in every table of AI that names it. */
async function allOf({ app }: Answers, { tenantId: tenant_id }: Person): Promise<unknown[]> {
  await app.services.pendingWrites.settled();
  const { read } = app.services.db;
  return Promise.all([
    ...[read('ai_replies_providers'), read('ai_replies_budgets'), read('ai_replies_bases')].map((rows) =>
      rows.where({ tenant_id }),
    ),
    ...[read('ai_replies_documents'), read('ai_replies_answers'), read('ai_replies_test_sets')].map((rows) =>
      rows.where({ tenant_id }),
    ),
    ...[read('ai_replies_policies'), read('ai_replies_replies'), read('ai_replies_calls')].map((rows) =>
      rows.where({ tenant_id }),
    ),
    ...[read('ai_replies_mcp_servers'), read('ai_replies_tool_grants'), read('ai_replies_tool_calls')].map((rows) =>
      rows.where({ tenant_id }),
    ),
  ]);
}
