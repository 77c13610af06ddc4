/** Keys of providers and tokens of servers of tools: they stand in nothing that anybody reads, whatever others do with them. */
import assert from 'node:assert/strict';
import { type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { type BadServer, badServer, operatorOf, startAi } from './support.ts';

const PATH = '/api/platform/ai';
const KEY = 'sk-very-secret-1';
const KINDS = ['openai-compatible', 'anthropic', 'dify', 'coze', 'webhook'];
/** What somebody copies along with a key: the end of a line, a space that nobody sees, a word. */
const COPIED = [
  'sk-very\nsecret',
  'sk-very-secret\u200b',
  'sk-very-secret 1',
  'sk-very-secret\u4f60',
  'sk-very-secret\x7f',
];

describe('keys', () => {
  let bad: BadServer;
  let app: TestPlatform;
  let owner: Person;
  before(async () => {
    bad = await badServer();
    // Some servers quote what they refuse.
    bad.answer((response, { headers }) => {
      const said = `bad key ${headers.authorization ?? headers['x-api-key']}`;
      response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: said } }));
    });
    const house = { kind: 'webhook', baseUrl: bad.url, model: 'm', apiKey: `${KEY}\n2`, headers: { 'x-more': KEY } };
    const embedding = { baseUrl: bad.url, model: 'e', apiKey: KEY, shared: true };
    app = await startAi({ house }, { ai: { retries: 0, embedding, rerank: { ...embedding, url: bad.url } } });
    owner = await register(app);
    await owner.http.patch('/api/v2/tenant/settings', { ai_consent_enabled: true });
  });
  after(async () => {
    await app.stop();
    await bad.stop();
  });

  it('are not repeated where a provider of any kind quotes them', async () => {
    const told = await app.record(/^ai\.provider/);
    for (const kind of KINDS) {
      const provider = { name: kind, kind, base_url: bad.url, model: 'm', api_key: KEY };
      assert.equal((await owner.http.post(`${PATH}/providers`, provider)).status, 201);
      for (let times = 0; times < 5; times++) {
        const tried = await owner.http.post(`${PATH}/providers/${kind}/try`, {});
        if (times === 0) assert.match(tried.body.text, /bad key (Bearer )?\*\*\*/);
        assert.doesNotMatch(tried.text, /secret/, kind);
      }
    }
    const generated = await owner.http.post('/api/platform/functions/ai.generate', { input: { prompt: 'Hello' } });
    assert.doesNotMatch(generated.text, /secret/);
    await app.services.pendingWrites.settled();
    const calls = await owner.http.get(`${PATH}/calls`);
    assert.equal(calls.body.items.filter(({ error }: { error: string }) => error.includes('***')).length, 25);
    assert.doesNotMatch(calls.text, /secret/);
    const events = await told.all();
    assert.equal(events.length, KINDS.length);
    assert.doesNotMatch(JSON.stringify(events), /secret/);
  });

  it('are not repeated where the configuration has one that is none', async () => {
    const asker = { tenantId: await operatorOf(app), purpose: 'generate' as const };
    const messages = [{ role: 'user' as const, text: 'Hello' }];
    await assert.rejects(app.services.models.ask({ asker, instructions: '', messages }), (error: Error) => {
      assert.match(error.message, /\*\*\*/);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });

  it('are not repeated where endpoints for embeddings and ranking quote them', async () => {
    const asker = { tenantId: owner.tenantId, purpose: 'embed' as const };
    const { models, pendingWrites, db } = app.services;
    const isDiscreet = (error: Error) => /\*\*\*/.test(error.message) && !error.message.includes('secret');
    await assert.rejects(models.embed(asker, ['text']), isDiscreet);
    await assert.rejects(models.rerank(asker, 'query', ['text']), isDiscreet);
    await pendingWrites.settled();
    assert.doesNotMatch(JSON.stringify(await db.read('ai_replies_calls').select('error')), /secret/);
  });

  it('are not repeated where a server of tools quotes its token', async () => {
    const made = await owner.http.post(`${PATH}/mcp-servers`, { name: 'shop', url: bad.url, token: KEY });
    assert.equal(made.status, 201);
    const tools = await owner.http.get(`${PATH}/mcp-servers/shop/tools`);
    assert.equal(tools.body.code, 'mcp_server_failed');
    assert.match(tools.text, /\*\*\*/);
    assert.doesNotMatch(tools.text, /secret/);
  });

  it('are refused with what no header can carry, without being repeated', async () => {
    for (const [place, key] of COPIED.entries()) {
      const provider = { name: `copied-${place}`, kind: 'webhook', base_url: bad.url, model: 'm', api_key: key };
      const server = { name: `copied-${place}`, url: bad.url, token: key };
      for (const answer of [
        await owner.http.post(`${PATH}/providers`, provider),
        await owner.http.patch(`${PATH}/providers/webhook`, { api_key: key }),
        await owner.http.post(`${PATH}/mcp-servers`, server),
      ]) {
        assert.equal(answer.status, 422, answer.text);
        assert.doesNotMatch(answer.text, /sk-very/);
      }
    }
  });
});
