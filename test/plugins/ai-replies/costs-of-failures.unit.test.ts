/** What a provider has done before it fails is billed by it, so it counts as spent. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { TestPlatform } from '#test/support/harness.ts';
import { type BadServer, badServer, openAiStream, operatorOf, question, startAi } from './support.ts';

const PRICE = { input: 1, output: 2 };

describe('what failures have cost', () => {
  let bad: BadServer;
  let app: TestPlatform;
  let tenantId: string;
  before(async () => {
    bad = await badServer();
    app = await startAi(
      {
        sdk: { kind: 'openai-compatible', baseUrl: bad.url, model: 'm', price: PRICE },
        dify: { kind: 'dify', baseUrl: bad.url, apiKey: 'k', price: PRICE },
        coze: { kind: 'coze', baseUrl: bad.url, apiKey: 'k', model: 'b', price: PRICE },
      },
      { ai: { retries: 0, breaker: { failures: 100, seconds: 1 } } },
    );
    tenantId = await operatorOf(app);
  });
  after(async () => {
    await app.stop();
    await bad.stop();
  });

  /** Asks this provider, which fails, and gives what was kept of the call. */
  async function failed(provider: string, more: object = {}) {
    const { models, pendingWrites, db } = app.services;
    const asked = question(tenantId, 'Where is order 7?', { provider, only: true, maxOutputTokens: 500, ...more });
    await assert.rejects(models.ask(asked), { code: 'provider_failed' });
    await pendingWrites.settled();
    const call = await db.read('ai_replies_calls').where({ provider }).orderBy('id', 'desc').first();
    assert.equal(call?.outcome, 'failed');
    return { input: call.input_tokens, output: call.output_tokens, micros: call.micros };
  }

  const tools = [
    { name: 'find_order', description: 'Where an order is', input: { type: 'object' }, run: async () => 'In Bremen' },
  ];

  it('are the steps with tools before one that fails', async () => {
    for (const failing of [
      (response: ServerResponse) => response.writeHead(500).end('{"error":{"message":"broken"}}'),
      (response: ServerResponse) => response.destroy(),
    ]) {
      bad.requests.length = 0;
      bad.answer((response) => (bad.requests.length === 1 ? toolStep(response) : failing(response)));
      assert.deepEqual(await failed('sdk', { tools }), { input: 40, output: 9, micros: 40 + 2 * 9 });
      assert.equal(bad.requests.length, 2);
    }
  });

  it('are the words of the step that fails, too', async () => {
    bad.requests.length = 0;
    bad.answer((response) => {
      if (bad.requests.length === 1) return toolStep(response);
      openAiStream(response, 'It is in Bremen, and', false);
      response.end();
    });
    const { input, output } = await failed('sdk', { tools });
    assert.equal(input, 80);
    assert.ok(output > 9 && output < 30, String(output));
  });

  it('are the words of bots that break off', async () => {
    const events =
      (...lines: [string | null, object][]) =>
      (response: ServerResponse) =>
        response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .end(
            lines.map(([name, data]) => `${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(data)}\n\n`).join(''),
          );
    const words = 'It is in Bremen, and it will be with you';
    bad.answer(events([null, { event: 'message', answer: words }], [null, { event: 'error', message: 'quota' }]));
    const dify = await failed('dify');
    assert.ok(dify.input > 0 && dify.output > 5, JSON.stringify(dify));
    bad.answer(events(['conversation.message.delta', { type: 'answer', content: words }]));
    const coze = await failed('coze');
    assert.ok(coze.input > 0 && coze.output > 5, JSON.stringify(coze));
  });

  it('are the steps before an answer that nobody wants any more, too', async () => {
    const { models, pendingWrites, db } = app.services;
    const caller = new AbortController();
    const came = Promise.withResolvers<void>();
    bad.requests.length = 0;
    bad.answer((response) => (bad.requests.length === 1 ? toolStep(response) : came.resolve()));
    const asked = question(tenantId, 'Where is order 7?', { provider: 'sdk', tools, signal: caller.signal });
    const refused = assert.rejects(models.ask(asked), /another message/);
    await came.promise;
    caller.abort(new Error('another message'));
    await refused;
    await pendingWrites.settled();
    const call = await db.read('ai_replies_calls').where({ outcome: 'cancelled' }).first();
    assert.deepEqual([call?.input_tokens, call?.output_tokens, call?.error], [40, 9, 'another message']);
  });

  it('are nothing where nothing was said', async () => {
    bad.answer((response) => response.writeHead(500).end());
    for (const provider of ['sdk', 'dify', 'coze'])
      assert.deepEqual(await failed(provider), { input: 0, output: 0, micros: 0 });
  });
});

/** A step that asks for a tool, with its usage. */
function toolStep(response: ServerResponse): void {
  const chunk = (choices: object[], more: object = {}) =>
    response.write(
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more })}\n\n`,
    );
  const call = { index: 0, id: 'call-1', type: 'function', function: { name: 'find_order', arguments: '{}' } };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  chunk([{ index: 0, delta: { role: 'assistant', tool_calls: [call] }, finish_reason: null }]);
  chunk([{ index: 0, delta: {}, finish_reason: 'tool_calls' }]);
  chunk([], { usage: { prompt_tokens: 40, completion_tokens: 9, total_tokens: 49 } });
  response.end('data: [DONE]\n\n');
}
