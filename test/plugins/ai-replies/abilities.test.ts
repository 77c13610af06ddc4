/** What a model can do is found out when somebody tries it, remembered, and used from then on. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Person } from '#test/support/accounts.ts';
import type { TestRobot } from '../robots/support.ts';
import { type Answers, type AskedOfModel, say, startAnswers } from './answers-support.ts';
import { openAiStream } from './support.ts';

type Asked = AskedOfModel & { response_format?: { type: string }; tools?: unknown[] };

/** A model behind OpenAI's API that takes so much, and no more. */
interface Able {
  forms: ('json_schema' | 'json_object')[];
  tools: boolean;
}

const PATH = '/api/platform/ai/providers';

describe('abilities of models', () => {
  let answers: Answers;
  let model: Server;
  let able: Able;
  let isDown = false;
  const asked: Asked[] = [];
  before(async () => {
    model = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const body: Asked = JSON.parse(Buffer.concat(chunks).toString());
      asked.push(body);
      const form = body.response_format?.type as Able['forms'][number] | undefined;
      if (isDown) return void response.writeHead(503).end('out of order');
      if (body.tools && !able.tools)
        return void response.writeHead(400).end('{"error":{"message":"m does not support tools"}}');
      if (form === 'json_object' && !able.forms.includes(form))
        return void response.writeHead(400).end('{"error":{"message":"response_format is not known"}}');
      const isAnswered = body.messages.some(({ role }) => role === 'tool');
      if (body.tools && !isAnswered && JSON.stringify(body.tools).includes('note_greeting'))
        return toolCall(response, 'note_greeting', '{"text":"Hello"}');
      const isForm = form !== undefined && able.forms.includes(form);
      const isGreeting = JSON.stringify(body.messages).includes('Say hello');
      if (!isForm) return openAiStream(response, 'Good day.');
      openAiStream(
        response,
        JSON.stringify(isGreeting ? { greeting: 'Hi.', letters: 2 } : { action: 'reply', text: 'Good day.' }),
      );
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => model.once('listening', resolve));
    answers = await startAnswers({ ai: { retries: 0 } });
  });
  after(async () => {
    await answers.stop();
    model.closeAllConnections();
    model.close();
  });

  async function tried(wanted: Able): Promise<{ owner: Person; robot: TestRobot; found: unknown }> {
    able = wanted;
    isDown = false;
    const { owner, robot } = await answers.tenant();
    const base_url = `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`;
    const made = await owner.http.post(PATH, { name: 'mine', kind: 'openai-compatible', base_url, model: 'm' });
    assert.equal(made.status, 201, made.text);
    assert.equal(made.body.found, null);
    const { found } = await again(owner);
    return { owner, robot, found };
  }
  async function again(owner: Person): Promise<any> {
    const answer = await owner.http.post(`${PATH}/mine/try`, {});
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  }
  const knownOf = async (owner: Person) => (await owner.http.get(PATH)).body.items[0].found;
  /** What it was asked for the last answer. */
  async function askedFor(robot: TestRobot): Promise<Asked> {
    const texts = await say(answers, robot, 'Hello');
    assert.equal(texts.at(-1), 'Good day.');
    return asked.at(-1) as Asked;
  }
  const inWords = ({ messages }: Asked) => /Answer with JSON alone/.test(JSON.stringify(messages));

  it('are asked for a schema where they keep to one, and not in words', async () => {
    const { owner, robot, found } = await tried({ forms: ['json_schema', 'json_object'], tools: true });
    assert.deepEqual(found, { forms: 'schema', tools: 'called' });
    assert.deepEqual(await knownOf(owner), found);
    const request = await askedFor(robot);
    assert.deepEqual([request.response_format?.type, inWords(request)], ['json_schema', false]);
    // It is another one from now on, of which nothing is known.
    await owner.http.patch(`${PATH}/mine`, { model: 'other' });
    assert.equal(await knownOf(owner), null);
    able = { forms: [], tools: false };
    assert.equal((await askedFor(robot)).response_format, undefined);
  });

  it('are asked for JSON where that is all they keep to, with the schema in words', async () => {
    const { robot, found } = await tried({ forms: ['json_object'], tools: true });
    assert.deepEqual(found, { forms: 'object', tools: 'called' });
    const request = await askedFor(robot);
    assert.deepEqual([request.response_format?.type, inWords(request)], ['json_object', true]);
  });

  it('are given no tools where they refuse them, and answer in plain words', async () => {
    const { owner, robot, found } = await tried({ forms: [], tools: false });
    assert.deepEqual(found, { forms: 'none', tools: 'refused' });
    const items = [{ tool: 'function:contacts.update' }];
    assert.equal((await owner.http.put(`/api/platform/ai/robots/${robot.robotId}/tools`, { items })).status, 200);
    // Another one that could call it is asked before; there is none here that may be.
    await owner.http.patch(`/api/platform/robots/robots/${robot.robotId}`, { aiMode: 'builtin', aiProvider: 'mine' });
    const { providers } = answers.app.services;
    const { of } = providers;
    providers.of = async (tenantId) => (await of(tenantId)).filter(({ name }) => name === 'mine');
    const request = await askedFor(robot);
    providers.of = of;
    assert.deepEqual([request.tools, request.response_format], [undefined, undefined]);
  });

  it('stay what they were when the model is down', async () => {
    const { owner, found } = await tried({ forms: ['json_schema'], tools: true });
    isDown = true;
    assert.equal((await again(owner)).ok, false);
    assert.deepEqual(await knownOf(owner), found);
  });

  it('go with the provider', async () => {
    const { owner } = await tried({ forms: [], tools: true });
    const rows = () => answers.app.services.db.read('ai_replies_abilities').where({ tenant_id: owner.tenantId });
    assert.equal((await rows()).length, 1);
    assert.equal((await owner.http.delete(`${PATH}/mine`)).status, 204);
    assert.deepEqual(await rows(), []);
  });

  it('go with the tenant', async () => {
    const { owner } = await tried({ forms: [], tools: true });
    const { db, events, jobs } = answers.app.services;
    const rows = () => db.read('ai_replies_abilities').where({ tenant_id: owner.tenantId });
    assert.equal((await rows()).length, 1);
    const about = { tenantId: owner.tenantId, subject: owner.tenantId };
    await db.transaction((trx) => events.emit(trx, 'tenant.deleted', { tenant_id: owner.tenantId }, about));
    await jobs.idle();
    assert.deepEqual(await rows(), []);
  });
});

function toolCall(response: import('node:http').ServerResponse, name: string, args: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const call = { index: 0, id: 'call-1', type: 'function', function: { name, arguments: args } };
  const chunk = (delta: object, finish_reason: string | null) =>
    response.write(
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`,
    );
  chunk({ role: 'assistant', tool_calls: [call] }, null);
  chunk({}, 'tool_calls');
  response.end('data: [DONE]\n\n');
}
