/** Assistants: they are given what a customer says and nothing of ours, and remember a conversation until it is forgotten. */
import assert from 'node:assert/strict';
import { said, say, setPolicy, why } from './answers-support.ts';
import { type Assistants, startAssistants } from './assistants-support.ts';

const MINUTE_MS = 60_000;

describe('assistants', () => {
  let assistants: Assistants;
  let { answers, dify, coze, posted, hookUrl } = {} as Assistants;
  before(async () => {
    assistants = await startAssistants();
    ({ answers, dify, coze, posted, hookUrl } = assistants);
  });
  after(() => assistants.stop());
  beforeEach(() => assistants.reset());
  const { hook, sessions, contactOf, erase }: Pick<Assistants, 'hook' | 'sessions' | 'contactOf' | 'erase'> = {
    hook: (answer) => assistants.hook(answer),
    sessions: (robot) => assistants.sessions(robot),
    contactOf: (robot) => assistants.contactOf(robot),
    erase: (owner, robot) => assistants.erase(owner, robot),
  };
  const isHandedOver = async (robot: number) =>
    (await answers.app.services.db.read('robots_conversations').where({ robot }).first())?.handed_over_at !== null;

  it('answer for a robot with `third_party` and the name of one, as the document’s own example has it', async () => {
    const { robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'dify' });
    assert.deepEqual(await say(answers, robot, { spoken: 'Where is my parcel?', receivedName: 'Ada' }), [
      'Heard: Where is my parcel?',
    ]);
    const [asked] = dify.asked;
    assert.deepEqual(asked, {
      query: 'Where is my parcel?',
      inputs: { name: 'Ada', room: '', robot: 'Robot', shop: 'Bremen' },
      user: await contactOf(robot),
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
    assert.equal(dify.asked[1]?.conversation_id, (await sessions(robot)).at(-1)?.session);
    await answers.pass(31 * MINUTE_MS);
    assert.equal((await say(answers, robot, 'four')).at(-1), 'Heard: four');
    assert.equal((await sessions(robot)).length, 1);
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
    const { session } = (await sessions(robot)).at(-1)!;
    assert.ok(dify.conversations.has(session));
    await erase(owner, robot);
    assert.ok(!dify.conversations.has(session));
    assert.deepEqual(await sessions(robot), []);
  });

  it('keep nothing of who is erased while they answer', async () => {
    const { app } = answers;
    const { owner, robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'hook' });
    hook(async () => {
      const uuid = await contactOf(robot);
      await owner.http.delete(`/api/platform/robots/contacts/${uuid}`);
      for (let tries = 0; tries < 4_000; tries++) {
        if (!(await app.services.db.read('ai_replies_turns').where({ contact_id: uuid }).first())) break;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return { text: 'Too late', conversation_id: 'c-late' };
    });
    assert.deepEqual(await say(answers, robot, 'Hello'), []);
    assert.deepEqual(await sessions(robot), []);
  });

  it('that stand in another’s place under its name are told nothing of its conversations', async () => {
    const { owner, robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'own' });
    const one = `${hookUrl}/one`;
    const made = { name: 'own', kind: 'webhook', base_url: one, model: '' };
    assert.equal((await owner.http.post('/api/platform/ai/providers', made)).status, 201);
    hook(() => ({ text: 'Hi', conversation_id: 'secret-of-one' }));
    await say(answers, robot, 'Hello');
    const change = { base_url: `${hookUrl}/two` };
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
    await erase(owner, robot);
    assert.equal(coze.conversations.size, 0);
  });

  it('behind an address of one’s own say what is to be done', async () => {
    const { robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'hook' });
    hook(() => ({ text: 'One moment', conversation_id: 'c-1' }));
    assert.deepEqual(await say(answers, robot, 'Hello'), ['One moment']);
    hook(() => ({ action: 'silent' }));
    assert.equal((await say(answers, robot, 'Thanks')).length, 1);
    hook(() => ({ action: 'handover' }));
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
    hook(() => ({ status: 503, error: 'down' }));
    dify.says(() => [{ event: 'error', status: 503, message: 'down' }]);
    coze.isDown = true;
    // Where no model may speak of what is not known, it may not because others are down.
    assert.match((await say(answers, robot, 'Hello'))[0] ?? '', /colleague/);
    const { robot: free } = await answers.tenant({ aiProvider: 'hook' });
    posted.length = 0;
    assert.deepEqual(await say(answers, free, 'Hello'), ['From the model']);
    assert.deepEqual(
      posted.map((body) => 'instructions' in body),
      [false, true],
      'the assistant, and the one that is told everything',
    );
    assert.match(JSON.stringify(answers.asked()[0]?.messages), /You know nothing about other customers/);
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
    answers.mock.on({}, { content: '<think>Who is this?</think>Plain <think>yes</think>words' });
    assert.deepEqual(await say(answers, robot, 'Hello'), ['Plain words']);
    await say(answers, robot, 'And again');
    const asked = answers.asked() as any[];
    assert.deepEqual(
      asked.map(({ messages }) => messages),
      [[{ role: 'user', content: 'Hello' }], [{ role: 'user', content: 'And again' }]],
    );
    assert.ok(asked[0].chatId.length > 10);
    assert.equal(asked[1].chatId, asked[0].chatId);
    assert.equal(asked[0].user, await contactOf(robot));
  });

  it('forget what was said in a session before, when another one begins', async () => {
    const { robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'dify', sessionTimeoutMinutes: 30 });
    await say(answers, robot, 'my secret');
    const { session } = (await sessions(robot)).at(-1)!;
    await answers.pass(31 * MINUTE_MS);
    await say(answers, robot, 'four');
    assert.ok(!dify.conversations.has(session));
  });

  it('go on from a conversation that an answer has failed in', async () => {
    const { owner, robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'dify' });
    dify.says(() => [{ event: 'error', status: 500, message: 'broken' }]);
    await say(answers, robot, 'my secret');
    dify.says((queries) => `Heard: ${queries.length}`);
    await answers.pass(MINUTE_MS);
    assert.deepEqual(await said(answers, robot), ['Heard: 2']);
    const { session } = (await sessions(robot)).at(-1)!;
    await erase(owner, robot);
    assert.ok(!dify.conversations.has(session));
    assert.ok(![...dify.conversations.values()].some(({ queries }) => queries.includes('my secret')));
  });

  it('name a conversation once, however many names they give it in one answer', async () => {
    const { robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'dify' });
    const names = Array.from({ length: 30 }, (_, n) => ({
      event: 'message',
      answer: `${n} `,
      conversation_id: `c-${n}`,
    }));
    dify.says(() => names);
    const jobs = () => answers.app.services.db.read('core_jobs').where({ name: 'ai-replies.forgetSession' });
    await say(answers, robot, 'Hello');
    assert.deepEqual([(await sessions(robot)).map(({ session }) => session), await jobs()], [['c-0'], []]);
  });

  it('remember however much is said in a session', async () => {
    const { robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'dify' });
    await say(answers, robot, 'one');
    for (let lot = 0; lot < 2; lot++) await say(answers, robot, ...Array.from({ length: 60 }, (_, n) => `${lot} ${n}`));
    const [first, ...others] = dify.asked.map(({ conversation_id }) => conversation_id);
    assert.equal(first, '');
    assert.deepEqual([...new Set(others)], [(await sessions(robot)).at(-1)?.session]);
  });

  it('are told the newest of very much that is said at once', async () => {
    const { robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'dify' });
    await say(answers, robot, ...Array.from({ length: 20 }, (_, n) => `${n} ${'word '.repeat(700)}`));
    const { query } = dify.asked[0]!;
    // By default 2 000 tokens.
    assert.ok(query.length > 3_000 && query.length < 15_000, String(query.length));
    assert.match(query, /^1\d word/);
    assert.match(query, /\n19 word/);
  });

  it('whose ids cannot be kept and given back as they are begin anew each time', async () => {
    const { robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'hook' });
    for (const conversation_id of ['x'.repeat(201), 'a\u0000b', 'a\ud800b', 7]) {
      hook(() => ({ text: 'Hi', conversation_id }));
      await say(answers, robot, 'Hello');
    }
    assert.equal((await said(answers, robot)).length, 4);
    assert.deepEqual(new Set(posted.map((body) => body.conversation_id)), new Set([null]));
  });

  it('speak outside of their hours where nobody else may', async () => {
    const { owner, robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'nightly' });
    await setPolicy(owner, robot, { floor: 'say' });
    assert.deepEqual(await say(answers, robot, 'Hello'), ['From the hook']);
  });

  it('are told no forbidden word of a name, and say no more than a model may', async () => {
    const { owner, robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'hook' });
    await owner.http.patch('/api/v2/tenant/settings', { ai_sensitive_words: ['casino'] });
    hook(() => ({ text: 'x'.repeat(20_001) }));
    assert.deepEqual(await say(answers, robot, { spoken: 'Hello', receivedName: 'Casino Ada' }), []);
    assert.doesNotMatch(posted[0].inputs.name, /casino/i);
  });

  it('leave it to a person whom a customer asks for, who is told so', async () => {
    const { robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'hook' });
    await say(answers, robot, 'Hello');
    assert.match((await say(answers, robot, '转人工')).at(-1) ?? '', /人工/);
  });

  it('forget what is no conversation at once, and nothing because of an old event', async () => {
    const { app } = answers;
    const { robot } = await answers.tenant({ aiMode: 'third_party', aiProvider: 'dify' });
    const tenantId = robot.owner.tenantId;
    const before = dify.conversations.size;
    const wish = {
      tenantId,
      channel: 'chat' as const,
      said: [{ by: 'them' as const, text: 'my secret' }],
      from: 'Ada',
      as: '',
    };
    const how = {
      persona: '',
      scenario: '',
      bases: null,
      provider: 'dify',
      workflow: null,
      signal: new AbortController().signal,
    };
    assert.equal((await app.services.textAnswers.answer({ ...wish, ...how })).text, 'Heard: my secret');
    await app.services.jobs.idle();
    assert.equal(dify.conversations.size, before);
    const time = new Date(app.clock.now() - MINUTE_MS).toISOString();
    await say(answers, robot, 'two');
    const [row] = await sessions(robot);
    const data = { conversation_id: row!.conversation_id, robot_id: robot.robotId, contact_id: await contactOf(robot) };
    const event = {
      specversion: '1.0',
      id: 'late',
      type: 'conversation.closed',
      source: 'x',
      tenantid: tenantId,
      time,
      data,
    };
    await app.services.db.transaction((trx) =>
      app.services.jobs.enqueue(trx, 'ai-replies.on:conversation.closed', event),
    );
    await app.services.jobs.idle();
    assert.ok(dify.conversations.has(row!.session));
  });
});
