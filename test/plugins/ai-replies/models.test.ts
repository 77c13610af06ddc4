/** Asking models: whole answers in every dialect, the next provider when one fails, and each call kept with its cost. */
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { LLMock } from '@copilotkit/aimock';
import Type from 'typebox';
import { signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { type BadServer, badServer, fakeModels, openAiStream, operatorOf, question, startAi } from './support.ts';

describe('asking models', () => {
  let mock: LLMock;
  let bad: BadServer;
  let app: TestPlatform;
  let tenantId: string;

  before(async () => {
    mock = await fakeModels();
    bad = await badServer();
  });
  after(async () => {
    await mock.stop();
    await bad.stop();
  });
  afterEach(async () => {
    mock.clearFixtures();
    mock.clearRequests();
    bad.requests.length = 0;
    await app.stop();
  });

  const good = (more: object = {}) => ({
    kind: 'openai-compatible',
    baseUrl: `${mock.url}/v1`,
    model: 'gpt-4o-mini',
    ...more,
  });
  const wrong = (more: object = {}) => ({ kind: 'openai-compatible', baseUrl: bad.url, model: 'm', ...more });
  async function start(providers: Record<string, object>, ai: object = {}): Promise<void> {
    app = await startAi(providers, { ai: { retries: 0, ...ai } });
    tenantId = await operatorOf(app);
  }
  const calls = async () => {
    await app.services.pendingWrites.settled();
    return app.services.db.read('ai_replies_calls').orderBy('id');
  };

  it('gives an answer with its tokens and its cost, and keeps the call', async () => {
    await start({ shop: good({ price: { input: 2, output: 8 } }) });
    mock.onMessage('Do you ship to Bremen?', {
      content: 'Yes, in two days.',
      usage: { prompt_tokens: 100, completion_tokens: 10 },
    });
    const asked = question(tenantId, 'Do you ship to Bremen?', { asker: { robotId: 'robot_1', contactId: 'c1' } });
    const answer = await app.services.models.ask(asked);
    assert.equal(answer.text, 'Yes, in two days.');
    assert.deepEqual([answer.provider, answer.model], ['shop', 'gpt-4o-mini']);
    assert.deepEqual([answer.inputTokens, answer.outputTokens, answer.costMicros], [100, 10, 280]);
    const [call] = await calls();
    assert.equal(call?.outcome, 'answered');
    assert.deepEqual(
      [call?.micros, call?.robot_id, call?.contact_id, call?.purpose],
      [280, 'robot_1', 'c1', 'generate'],
    );
    const spend = await app.services.db.read('ai_replies_spend').orderBy('kind');
    assert.deepEqual(
      spend.map(({ kind, subject, micros, calls: count }) => [kind, subject, micros, count]),
      [
        ['contact', 'c1', 280, 1],
        ['provider', 'shop', 280, 1],
        ['purpose', 'generate', 280, 1],
        ['robot', 'robot_1', 280, 1],
        ['tenant', '', 280, 1],
      ],
    );
  });

  it('speaks to Anthropic, and gives what keeps to a schema', async () => {
    await start({ claude: { kind: 'anthropic', baseUrl: `${mock.url}/v1`, apiKey: 'k', model: 'claude-sonnet-4-5' } });
    mock.onMessage('Which?', { content: 'Here it is:\n```json\n{"choice": "refund"}\n```' });
    const schema = Type.Object({ choice: Type.Enum(['refund', 'exchange']) });
    const answer = await app.services.models.ask(question(tenantId, 'Which?', { schema }));
    assert.deepEqual(answer.value, { choice: 'refund' });
  });

  it('reads a long answer in a form once, however small the pieces are that it comes in', async () => {
    await start({ bad: wrong({ schemas: true }) });
    const text = 'word '.repeat(4_000);
    bad.answer((response) => openAiStream(response, (JSON.stringify({ text }).match(/.{1,10}/g) ?? []) as string[]));
    const { parse } = JSON;
    let read = 0;
    JSON.parse = (json: string, ...rest) => {
      read += json.length;
      return parse(json, ...rest);
    };
    try {
      const answer = await app.services.models.ask(
        question(tenantId, 'A story', { schema: Type.Object({ text: Type.String() }) }),
      );
      assert.deepEqual(answer.value, { text });
    } finally {
      JSON.parse = parse;
    }
    // Each piece in its envelope of a hundred characters and more.
    assert.ok(read < 50 * text.length, `${read} characters were read`);
    const [asked] = bad.requests;
    assert.equal(parse(asked ?? '').response_format.type, 'json_schema');
  });

  it('lets the model call functions, and says which', async () => {
    await start({ shop: good() });
    mock.onMessage('Where is order 7?', (request) =>
      request.messages.some(({ role }) => role === 'tool')
        ? { content: 'It is in Bremen.' }
        : { toolCalls: [{ name: 'find_order', arguments: '{"order":7}' }] },
    );
    const seen: unknown[] = [];
    const tool = {
      name: 'find_order',
      description: 'Where an order is',
      input: { type: 'object', properties: { order: { type: 'integer' } }, required: ['order'] },
      async run(input: unknown) {
        seen.push(input);
        return { place: 'Bremen' };
      },
    };
    const answer = await app.services.models.ask(question(tenantId, 'Where is order 7?', { tools: [tool] }));
    assert.equal(answer.text, 'It is in Bremen.');
    assert.deepEqual(seen, [{ order: 7 }]);
    assert.deepEqual(answer.toolsCalled, ['find_order']);
  });

  it('speaks to Dify, to Coze and to an address of one’s own', async () => {
    await start({
      dify: { kind: 'dify', baseUrl: `${bad.url}/v1`, apiKey: 'app-1' },
      coze: { kind: 'coze', baseUrl: bad.url, apiKey: 'pat', model: 'bot-7' },
      own: { kind: 'webhook', baseUrl: `${bad.url}/answer` },
    });
    const ask = (provider: string) => app.services.models.ask(question(tenantId, 'Hello?', { provider }));
    const events = (...lines: [event: string | null, data: object][]) =>
      lines.map(([event, data]) => `${event ? `event: ${event}\n` : ''}data: ${JSON.stringify(data)}\n\n`).join('');

    bad.answer((response, { url, headers }) => {
      assert.deepEqual([url, headers.authorization], ['/v1/chat-messages', 'Bearer app-1']);
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end(
          events(
            [null, { event: 'message', answer: 'Good ' }],
            [null, { event: 'message', answer: 'day.' }],
            [null, { event: 'message_end', metadata: { usage: { prompt_tokens: 9, completion_tokens: 2 } } }],
          ),
        );
    });
    const dify = await ask('dify');
    assert.deepEqual([dify.text, dify.inputTokens, dify.outputTokens], ['Good day.', 9, 2]);
    assert.match(String(JSON.parse(bad.requests[0] ?? '').query), /You are a shop\.[\s\S]*User: Hello\?/);

    bad.answer((response, { url }) => {
      assert.equal(url, '/v3/chat');
      response
        .writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
        .end(
          events(
            ['conversation.message.delta', { type: 'answer', content: 'Hi ' }],
            ['conversation.message.delta', { type: 'verbose', content: 'tool' }],
            ['conversation.message.delta', { type: 'answer', content: 'there.' }],
            ['conversation.chat.completed', { usage: { input_count: 5, output_count: 4 } }],
            ['done', {}],
          ),
        );
    });
    const coze = await ask('coze');
    assert.deepEqual([coze.text, coze.inputTokens, coze.outputTokens], ['Hi there.', 5, 4]);
    assert.equal(JSON.parse(bad.requests[1] ?? '').bot_id, 'bot-7');

    bad.answer((response) =>
      response.end(JSON.stringify({ text: 'Mine.', usage: { input_tokens: 3, output_tokens: 1 } })),
    );
    const own = await ask('own');
    assert.deepEqual([own.text, own.inputTokens, own.outputTokens], ['Mine.', 3, 1]);
  });

  const WRONGS: Record<string, Parameters<BadServer['answer']>[0]> = {
    'answers with HTML': (response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please sign in</html>'),
    'answers with an error inside 200': (response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"error":{"message":"quota"}}'),
    'answers with nothing': (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(),
    'cuts its answer in the middle': (response) => {
      openAiStream(response, 'You owe us nothing, un', false);
      setImmediate(() => response.destroy());
    },
    'ends its stream before its answer is whole': (response) => {
      openAiStream(response, 'You owe us nothing, un', false);
      response.end();
    },
    'sends garbage in its stream': (response) => {
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .write('data: {"choices":[{"index":0,"delta":{"content":"Ha');
      response.end('\n\ndata: ooo\n\n');
    },
    'answers with ten megabytes': (response) => openAiStream(response, 'x'.repeat(10 * 1024 * 1024)),
    'has too many requests': (response) =>
      response.writeHead(429, { 'retry-after': '3600' }).end('{"error":{"message":"slow down"}}'),
    'is broken': (response) => response.writeHead(503).end('out of order'),
    'says an empty word': (response) => openAiStream(response, ' '),
  };
  for (const [what, how] of Object.entries(WRONGS)) {
    it(`asks the next one when a provider ${what}`, async () => {
      await start({ first: wrong(), second: good() });
      bad.answer(how);
      mock.onMessage('Hello?', { content: 'I am here.' });
      const answer = await app.services.models.ask(question(tenantId, 'Hello?'));
      assert.deepEqual([answer.provider, answer.text], ['second', 'I am here.']);
      assert.equal(bad.requests.length, 1);
      const kept = await calls();
      assert.deepEqual(
        kept.map(({ provider, outcome }) => [provider, outcome]),
        [
          ['first', 'failed'],
          ['second', 'answered'],
        ],
      );
      assert.notEqual(kept[0]?.error, '');
    });
  }

  it('asks the next one when a provider hangs, and when it streams for ever', async () => {
    await start({ first: wrong({ limits: { firstByteSeconds: 5, totalSeconds: 20 } }), second: good() });
    mock.onMessage('Hello?', { content: 'I am here.' });
    const ask = () => app.services.models.ask(question(tenantId, 'Hello?'));
    const hung = Promise.withResolvers<void>();
    bad.answer(() => hung.resolve());
    const first = ask();
    await hung.promise;
    await app.clock.advance(5_000);
    assert.equal((await first).provider, 'second');

    bad.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const more = () => response.write(': still thinking\n\n') && !response.destroyed && setTimeout(more, 5);
      more();
    });
    const second = ask();
    let isOver = false;
    void second.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await app.clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal((await second).provider, 'second');
  });

  it('takes JSON of another form than was asked for as a failure', async () => {
    await start({ first: wrong(), second: good() });
    bad.answer((response) => openAiStream(response, '{"choice": 7}'));
    mock.onMessage('Which?', { content: '{"choice":"a"}' });
    const schema = Type.Object({ choice: Type.String() });
    const answer = await app.services.models.ask(question(tenantId, 'Which?', { schema }));
    assert.deepEqual([answer.provider, answer.value], ['second', { choice: 'a' }]);
  });

  it('tries again after as long as the provider asks for, when that is short', async () => {
    await start({ only: wrong() }, { retries: 1, longestWaitSeconds: 10 });
    bad.answer((response) => {
      if (bad.requests.length === 1) response.writeHead(429, { 'retry-after': '7' }).end();
      else openAiStream(response, 'Now.');
    });
    const pending = app.services.models.ask(question(tenantId, 'Hello?'));
    let answer: string | null = null;
    void pending.then(({ text }) => {
      answer = text;
    });
    while (bad.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await app.clock.advance(6_900);
    assert.equal(bad.requests.length, 1);
    while (answer === null) {
      await app.clock.advance(100);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal(answer, 'Now.');
  });

  it('leaves a provider alone that fails again and again, says so once, and tries it again later', async () => {
    await start({ first: wrong(), second: good() }, { breaker: { failures: 3, seconds: 30 } });
    bad.answer((response) => response.writeHead(500).end());
    mock.onMessage('Hello?', { content: 'I am here.' });
    const heard = await app.record(/^ai\./);
    const ask = () => app.services.models.ask(question(tenantId, 'Hello?'));
    for (let count = 0; count < 6; count++) assert.equal((await ask()).provider, 'second');
    assert.equal(bad.requests.length, 3);
    await app.services.pendingWrites.settled();
    const down = await heard.all();
    assert.deepEqual(
      down.map(({ type, data }) => [type, data.provider]),
      [['ai.provider.down', 'first']],
    );
    await app.clock.advance(30_000);
    bad.answer((response) => openAiStream(response, 'Back again.'));
    assert.equal((await ask()).provider, 'first');
    assert.equal((await ask()).provider, 'first');
  });

  it('leaves a provider alone for no longer when the clock is put back meanwhile', async () => {
    await start({ first: wrong(), second: good() }, { breaker: { failures: 1, seconds: 30 } });
    bad.answer((response) => response.writeHead(500).end());
    mock.onMessage('Hello?', { content: 'I am here.' });
    const ask = async () => (await app.services.models.ask(question(tenantId, 'Hello?'))).provider;
    assert.deepEqual([await ask(), await ask(), bad.requests.length], ['second', 'second', 1]);
    bad.answer((response) => openAiStream(response, 'Back again.'));
    await app.clock.advance(-24 * 3600_000);
    assert.equal(await ask(), 'first');
  });

  it('leaves nobody alone for saying that requests are wrong', async () => {
    await start({ first: wrong(), second: good() }, { breaker: { failures: 2, seconds: 30 } });
    mock.onMessage('Hello?', { content: 'I am here.' });
    const ask = () => app.services.models.ask(question(tenantId, 'Hello?'));
    const failing = async (status: number, times: number) => {
      bad.answer((response) => response.writeHead(status).end('{"error":{"message":"no"}}'));
      for (let count = 0; count < times; count++) assert.equal((await ask()).provider, 'second');
    };
    await failing(500, 1);
    for (const status of [400, 404, 413, 422]) await failing(status, 1);
    for (const reason of ['length', 'content_filter']) {
      bad.answer((response) => openAiStream(response, 'I may not', reason));
      assert.equal((await ask()).provider, 'second');
    }
    assert.equal(bad.requests.length, 7);
    await failing(401, 2);
    assert.equal(bad.requests.length, 8, 'a wrong key is wrong for every request');
  });

  it('says what each provider has said when all have failed', async () => {
    await start({ first: wrong() });
    bad.answer((response) => response.writeHead(401).end('{"error":{"message":"bad key"}}'));
    await assert.rejects(app.services.models.ask(question(tenantId, 'Hello?')), {
      code: 'provider_failed',
      message: /first: .*bad key/,
    });
  });

  it('asks those alone that can do what is asked, and that are awake', async () => {
    const hours = { zone: 'UTC', from: '00:00', to: '00:01' };
    await start({
      asleep: good({ hours, model: 'night' }),
      blind: good({ model: 'blind' }),
      seeing: good({ pictures: true, model: 'seeing' }),
    });
    await app.clock.advance(((30 * 3600 - ((app.clock.now() / 1000) % (24 * 3600))) % (24 * 3600)) * 1000);
    mock.onMessage(/.*/, { content: 'A cat.' });
    assert.equal((await app.services.models.ask(question(tenantId, 'Hello?'))).provider, 'blind');
    const pictures = [{ mediaType: 'image/png', bytes: Buffer.from('iVBORw0KGgo=', 'base64') }];
    const messages = [{ role: 'user' as const, text: 'What is it?', pictures }];
    assert.equal((await app.services.models.ask({ ...question(tenantId, ''), messages })).provider, 'seeing');
  });

  it('ends with who asks', async () => {
    await start({ first: wrong(), second: good() });
    const came = Promise.withResolvers<void>();
    bad.answer(() => came.resolve());
    const caller = new AbortController();
    const pending = app.services.models.ask(question(tenantId, 'Hello?', { signal: caller.signal }));
    const refused = assert.rejects(pending, /another message/);
    await came.promise;
    caller.abort(new Error('another message'));
    await refused;
    assert.equal(mock.getRequests().length, 0);
    assert.equal((await calls())[0]?.outcome, 'cancelled');
  });

  it('leaves nothing listening once it is answered', async () => {
    await start({ first: wrong(), second: good() }, { retries: 1 });
    bad.answer((response) => response.writeHead(503, { 'retry-after': '0' }).end());
    mock.onMessage('Hello?', { content: 'Yes?' });
    const listened = new Set<AbortSignal>();
    const { addEventListener } = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function (this: EventTarget, ...given) {
      if (this instanceof AbortSignal) listened.add(this);
      return addEventListener.apply(this, given);
    };
    try {
      const { signal } = new AbortController();
      const ask = async (more: object) => {
        let isOver = false;
        const pending = app.services.models.ask(question(tenantId, 'Hello?', more)).finally(() => {
          isOver = true;
        });
        while (!isOver) {
          await app.clock.advance(1);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        assert.equal((await pending).provider, 'second');
      };
      for (let count = 0; count < 4; count++) await ask({});
      const most = Math.max(...[...listened].map((one) => getEventListeners(one, 'abort').length));
      await ask({ signal });
      const before = getEventListeners(signal, 'abort').length;
      await ask({ signal });
      assert.deepEqual([most, before, getEventListeners(signal, 'abort').length], [0, 0, 0]);
    } finally {
      EventTarget.prototype.addEventListener = addEventListener;
    }
  });

  it('takes vectors of any size of numbers, and none that are longer than any model gives', async () => {
    await start({}, { embedding: { baseUrl: bad.url, model: 'e' } });
    const admin = await signInAdmin(app);
    await admin.http.patch('/api/v2/tenant/settings', { ai_consent_enabled: true });
    const embed = (vector: number[]) => {
      bad.answer((response) => response.end(JSON.stringify({ data: [{ index: 0, embedding: vector }] })));
      return app.services.models.embed({ tenantId, purpose: 'embed' }, ['Hello']);
    };
    const embedded = await embed([3e200, 0, -4e200]);
    assert.deepEqual(
      [...(embedded?.vectors[0] ?? [])].map((value) => value.toFixed(4)),
      ['0.6000', '0.0000', '-0.8000'],
    );
    assert.deepEqual([...((await embed([0, 0]))?.vectors[0] ?? [])], [0, 0]);
    await assert.rejects(embed(new Array(200_000).fill(1)), { code: 'provider_failed', message: /200000 dimensions/ });
  });

  it('is for the operator’s tenant alone unless it is shared', async () => {
    await start({ mine: good(), ours: good({ shared: true }) });
    mock.onMessage('Hello?', { content: 'Yes?' });
    const stranger = crypto.randomUUID();
    assert.equal((await app.services.models.ask(question(stranger, 'Hello?'))).provider, 'ours');
    assert.equal((await app.services.models.ask(question(tenantId, 'Hello?'))).provider, 'mine');
  });
});
