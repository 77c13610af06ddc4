/** Assistants: they are given what a customer says and nothing of ours, and remember a conversation until it is forgotten. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answers, said, say, setPolicy, startAnswers, why } from './answers-support.ts';
import { type FakeCoze, fakeCoze } from './fake-coze.ts';
import { type FakeDify, fakeDify } from './fake-dify.ts';

const MINUTE_MS = 60_000;

describe('assistants', () => {
  let dify: FakeDify;
  let coze: FakeCoze;
  let answers: Answers;
  /** What the webhook was posted, and what it answers. */
  let posted: any[] = [];
  let hook: (body: any) => object | Promise<object> = () => ({ text: 'From the hook' });
  const webhook = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    posted.push(body);
    const answer = await hook(body);
    response.writeHead('status' in answer ? Number(answer.status) : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  });

  before(async () => {
    dify = await fakeDify();
    coze = await fakeCoze();
    webhook.listen(0, '127.0.0.1');
    await once(webhook, 'listening');
    const hookUrl = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/answer`;
    answers = await startAnswers({
      providers: {
        dify: {
          kind: 'dify',
          baseUrl: dify.url,
          apiKey: dify.key,
          shared: true,
          handover: '[PERSON]',
          inputs: { shop: 'Bremen' },
        },
        coze: { kind: 'coze', baseUrl: coze.url, apiKey: coze.key, model: 'bot-7', shared: true },
        hook: { kind: 'webhook', baseUrl: hookUrl, shared: true },
        told: { kind: 'webhook', baseUrl: hookUrl, shared: true, instructions: true },
      },
      ai: { retries: 0, breaker: { failures: 100, seconds: 1 } },
    });
  });
  after(async () => {
    await answers.stop();
    await dify.stop();
    await coze.stop();
    webhook.close();
  });
  beforeEach(() => {
    dify.asked.length = 0;
    coze.asked.length = 0;
    posted = [];
    hook = () => ({ text: 'From the hook' });
    dify.says((queries) => `Heard: ${queries.join(' | ')}`);
    answers.says('From the model');
  });
  const sessions = () => answers.app.services.db.read('ai_replies_assistant_sessions').orderBy('id');
  const isHandedOver = async (robot: number) =>
    (await answers.app.services.db.read('robots_conversations').where({ robot }).first())?.handed_over_at !== null;
  const contactOf = async (robotKey: number) =>
    (await answers.app.services.db
      .read('robots_conversations as c')
      .join('robots_contacts as k', 'k.id', 'c.contact')
      .where('c.robot', robotKey)
      .first('k.uuid', 'k.id'))!;

  it('answer for a robot with `third_party` and the name of one, as the document’s own example has it', async () => {
    const { robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'dify' });
    assert.deepEqual(await say(answers, robot, { spoken: 'Where is my parcel?', receivedName: 'Ada' }), [
      'Heard: Where is my parcel?',
    ]);
    const [asked] = dify.asked;
    const { uuid } = await contactOf(robot.key);
    assert.deepEqual(asked, {
      query: 'Where is my parcel?',
      inputs: { name: 'Ada', room: '', robot: 'Robot', shop: 'Bremen' },
      user: uuid,
      response_mode: 'streaming',
      conversation_id: '',
      auto_generate_name: false,
    });
    assert.deepEqual(answers.asked(), []);
  });

  it('remember the conversation, and begin anew with each session', async () => {
    const { robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'dify', sessionTimeoutMinutes: 30 });
    await say(answers, robot, 'one');
    assert.equal((await say(answers, robot, 'two', 'three')).at(-1), 'Heard: one | two\nthree');
    assert.equal(dify.asked[1]?.conversation_id, (await sessions()).at(-1)?.session);
    await answers.pass(31 * MINUTE_MS);
    assert.equal((await say(answers, robot, 'four')).at(-1), 'Heard: four');
    assert.equal((await sessions()).filter(({ robot_id }) => robot_id === robot.robotId).length, 1);
  });

  it('begin anew when they know the conversation no more', async () => {
    const { robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'dify' });
    await say(answers, robot, 'one');
    dify.conversations.clear();
    assert.equal((await say(answers, robot, 'two')).at(-1), 'Heard: two');
    assert.equal(dify.asked.length, 3);
    assert.equal((await say(answers, robot, 'three')).at(-1), 'Heard: two | three');
  });

  it('hand over by their marker, which nobody reads', async () => {
    const { robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'dify' });
    dify.says(() => 'I cannot do that. [PERSON]');
    const [text] = await say(answers, robot, 'Pay me back');
    assert.doesNotMatch(text ?? '', /PERSON/);
    assert.ok(await isHandedOver(robot.key));
  });

  it('replace what they have said, and fail with an event inside a good answer', async () => {
    const { robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'dify' });
    dify.says(() => [
      { event: 'agent_thought', thought: 'hm' },
      { event: 'agent_message', answer: 'Bad words' },
      { event: 'message_replace', answer: 'Good words' },
    ]);
    assert.deepEqual(await say(answers, robot, 'one'), ['Good words']);
    dify.says(() => [{ event: 'error', status: 400, code: 'invalid_param', message: 'broken' }]);
    await say(answers, robot, 'two');
    dify.says(() => 'Mended');
    await answers.pass(MINUTE_MS);
    assert.deepEqual(await said(answers, robot), ['Good words', 'Mended']);
  });

  it('forget here and there whoever is erased', async () => {
    const { owner, robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'dify' });
    await say(answers, robot, 'one');
    const { session } = (await sessions()).at(-1)!;
    assert.ok(dify.conversations.has(session));
    const { uuid } = await contactOf(robot.key);
    const gone = await owner.http.delete(`/api/platform/robots/contacts/${uuid}`);
    assert.ok(gone.status < 300, gone.text);
    await answers.app.services.jobs.idle();
    assert.ok(!dify.conversations.has(session));
    assert.deepEqual(
      (await sessions()).filter(({ robot_id }) => robot_id === robot.robotId),
      [],
    );
  });

  it('keep nothing of who is erased while they answer', async () => {
    const { app } = answers;
    const { owner, robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'hook' });
    hook = async () => {
      const { uuid } = await contactOf(robot.key);
      await owner.http.delete(`/api/platform/robots/contacts/${uuid}`);
      for (let tries = 0; tries < 4_000; tries++) {
        if (!(await app.services.db.read('ai_replies_turns').where({ contact_id: uuid }).first())) break;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return { text: 'Too late', conversation_id: 'c-late' };
    };
    assert.deepEqual(await say(answers, robot, 'Hello'), []);
    assert.deepEqual(
      (await sessions()).filter(({ robot_id }) => robot_id === robot.robotId),
      [],
    );
  });

  it('that stand in another’s place under its name are told nothing of its conversations', async () => {
    const { owner, robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'own' });
    const { port } = webhook.address() as AddressInfo;
    const one = `http://127.0.0.1:${port}/one`;
    const made = { name: 'own', kind: 'webhook', base_url: one, model: '' };
    assert.equal((await owner.http.post('/api/platform/ai/providers', made)).status, 201);
    hook = () => ({ text: 'Hi', conversation_id: 'secret-of-one' });
    await say(answers, robot, 'Hello');
    const change = { base_url: `http://127.0.0.1:${port}/two` };
    const before = (await owner.http.get('/api/platform/ai/providers')).body.items[0];
    const header = { 'if-match': before.version };
    assert.equal((await owner.http.patch('/api/platform/ai/providers/own', change, header)).status, 200);
    await say(answers, robot, 'Again');
    assert.deepEqual(
      posted.map(({ conversation_id }) => conversation_id),
      [null, null],
    );
  });

  it('of Coze are given the id of the conversation in the address, and their own bot', async () => {
    const { owner, robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'coze', aiModel: 'gpt-4' });
    await say(answers, robot, 'one');
    assert.equal((await say(answers, robot, 'two')).at(-1), 'Heard: one | two');
    assert.deepEqual(
      coze.asked.map(({ bot_id, auto_save_history }) => [bot_id, auto_save_history]),
      [
        ['bot-7', true],
        ['bot-7', true],
      ],
    );
    coze.conversations.clear();
    assert.equal((await say(answers, robot, 'three')).at(-1), 'Heard: three');
    const { uuid } = await contactOf(robot.key);
    await owner.http.delete(`/api/platform/robots/contacts/${uuid}`);
    await answers.app.services.jobs.idle();
    assert.equal(coze.conversations.size, 0);
  });

  it('behind an address of one’s own say what is to be done', async () => {
    const { robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'hook' });
    hook = () => ({ text: 'One moment', conversation_id: 'c-1' });
    assert.deepEqual(await say(answers, robot, 'Hello'), ['One moment']);
    hook = () => ({ action: 'silent' });
    assert.equal((await say(answers, robot, 'Thanks')).length, 1);
    hook = () => ({ action: 'handover' });
    await say(answers, robot, 'A person!!');
    assert.ok(await isHandedOver(robot.key));
    assert.deepEqual(
      posted.map(({ conversation_id, text }) => [conversation_id, text]),
      [
        [null, 'Hello'],
        ['c-1', 'Thanks'],
        ['c-1', 'A person!!'],
      ],
    );
    assert.deepEqual(Object.keys(posted[0]).sort(), ['conversation_id', 'inputs', 'text', 'user']);
  });

  it('are given all that a model is where the operator wants it', async () => {
    const { robot } = await answers.tenant({ aiProvider: 'told' });
    assert.deepEqual(await say(answers, robot, 'Hello'), ['From the hook']);
    assert.match(posted[0].instructions, /You know nothing about other customers/);
    const { robot: other } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'told' });
    assert.deepEqual(await say(answers, other, 'Hello'), ['From the hook']);
    assert.equal(posted.length, 2);
    assert.equal(posted[1].instructions, posted[0].instructions);
  });

  it('are told what a message is that has no words', async () => {
    const { robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'dify' });
    await say(answers, robot, { spoken: '', textType: 2, fileBase64: 'aGk=' });
    assert.equal(dify.asked[0]?.query, '(a picture without words)');
  });

  it('are followed by models when they are down, which are given what models are', async () => {
    const { owner, robot } = await answers.tenant({ aiProvider: 'hook' });
    await setPolicy(owner, robot, { floor: 'handover' });
    hook = () => ({ status: 503, error: 'down' });
    dify.says(() => [{ event: 'error', status: 503, message: 'down' }]);
    coze.isDown = true;
    // Where no model may speak of what is not known, it may not because others are down.
    assert.match((await say(answers, robot, 'Hello'))[0] ?? '', /colleague/);
    const { robot: free } = await answers.tenant({ aiProvider: 'hook' });
    posted = [];
    assert.deepEqual(await say(answers, free, 'Hello'), ['From the model']);
    assert.deepEqual(
      posted.map((body) => 'instructions' in body),
      [false, true],
      'the assistant, and the one that is told everything',
    );
    assert.match(JSON.stringify(answers.asked()[0]?.messages), /You know nothing about other customers/);
    coze.isDown = false;
  });

  it('leave the talking to the callbacks where `third_party` names none, and nobody speaks with `off`', async () => {
    for (const settings of [
      { aiMode: 'third_party' },
      { aiMode: 'third_party', aiProvider: 'fake' },
      { aiMode: 'third_party', aiProvider: 'nobody' },
      { aiMode: 'off', aiProvider: 'dify' },
    ]) {
      const { owner, robot } = await answers.tenant(settings);
      assert.deepEqual(await say(answers, robot, 'Hello'), [], JSON.stringify(settings));
      assert.equal((await why(owner)).reason, 'mode');
    }
    assert.deepEqual([dify.asked, posted, answers.asked()], [[], [], []]);
  });

  it('are told no number where the policy masks, also not in a name', async () => {
    const { owner, robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'dify' });
    await setPolicy(owner, robot, { masking: true });
    dify.says((queries) => `You said ${queries.at(-1)}`);
    const texts = await say(answers, robot, { spoken: 'Call +49 170 1234567', receivedName: 'Ada 13800138000' });
    assert.deepEqual(texts, ['You said Call +49 170 1234567']);
    const [asked] = dify.asked;
    assert.doesNotMatch(asked?.query ?? '', /1234567/);
    assert.match(String(asked?.inputs.name), /^Ada \[PHONE_\d\]$/);
  });

  it('behind OpenAI’s API are given the customer’s words alone, with an id of the conversation', async () => {
    answers.mock.clearFixtures();
    answers.mock.clearRequests();
    const url = `${answers.mock.url}/v1`;
    const { owner, robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'app' });
    const made = await owner.http.post('/api/platform/ai/providers', {
      name: 'app',
      kind: 'openai-compatible',
      base_url: url,
      model: 'app-model',
      assistant: true,
    });
    assert.equal(made.status, 201, made.text);
    assert.equal(made.body.assistant, true);
    answers.mock.on({}, { content: '<think>Who is this?</think>Plain words' });
    assert.deepEqual(await say(answers, robot, 'Hello'), ['Plain words']);
    await say(answers, robot, 'And again');
    const asked = answers.asked() as any[];
    assert.deepEqual(
      asked.map(({ messages }) => messages),
      [[{ role: 'user', content: 'Hello' }], [{ role: 'user', content: 'And again' }]],
    );
    assert.ok(asked[0].chatId.length > 10);
    assert.equal(asked[1].chatId, asked[0].chatId);
    assert.equal(asked[0].user, (await contactOf(robot.key)).uuid);
  });
});
