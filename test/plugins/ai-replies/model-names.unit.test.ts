/** The models of an address are listed for who sets one up; its key goes nowhere else. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { authConfig, type Person, register } from '#test/support/accounts.ts';
import { freePort } from '#test/support/free-port.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const PATH = '/api/platform/ai/model-names';

describe('names of models', () => {
  let app: TestPlatform;
  let owner: Person;
  let server: Server;
  let url: string;
  const keys: (string | undefined)[] = [];
  let answer: unknown = { data: [{ id: 'b' }, { id: 'a' }, { id: 'a' }, { id: 7 }, null] };

  before(async () => {
    server = createServer((request, response) => {
      keys.push(request.headers.authorization ?? (request.headers['x-api-key'] as string | undefined));
      if (request.url !== '/v1/models') return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const http = { outbound: { allow: ['127.0.0.1'] } };
    app = await startPlatform({ plugins: { auth: authConfig, robots: {}, 'ai-replies': {} }, config: { http } });
    owner = await register(app);
  });
  after(async () => {
    await app.stop();
    server.close();
  });

  it('come in their order, once each, with the key that was given', async () => {
    const { body } = await owner.http.post(PATH, { base_url: url, api_key: 'sk-one' });
    assert.deepEqual(body, { names: ['a', 'b'] });
    assert.equal(keys.at(-1), 'Bearer sk-one');
    await owner.http.post(PATH, { base_url: url, api_key: 'sk-two', kind: 'anthropic' });
    assert.equal(keys.at(-1), 'sk-two');
  });

  it('are asked with the key that is kept, at its own address alone', async () => {
    const made = await owner.http.post('/api/platform/ai/providers', {
      name: 'mine',
      kind: 'openai-compatible',
      base_url: url,
      model: 'a',
      api_key: 'sk-kept',
    });
    assert.equal(made.status, 201, made.text);
    await owner.http.post(PATH, { base_url: url, provider: 'mine' });
    assert.equal(keys.at(-1), 'Bearer sk-kept');
    await owner.http.post(PATH, { base_url: `${url}/`, provider: 'mine' });
    assert.equal(keys.at(-1), undefined);
    const stranger = await register(app);
    await stranger.http.post(PATH, { base_url: url, provider: 'mine' });
    assert.equal(keys.at(-1), undefined);
  });

  it('say so when there are none', async () => {
    answer = { hello: 'world' };
    assert.equal((await owner.http.post(PATH, { base_url: url })).body.code, 'no_model_list');
    assert.equal((await owner.http.post(PATH, { base_url: 'http://10.0.0.1/v1' })).body.code, 'address_not_allowed');
    const closed = `http://127.0.0.1:${await freePort()}/v1`;
    assert.equal((await owner.http.post(PATH, { base_url: closed })).body.code, 'nothing_answers');
  });
});
