/** The plugin contract, proved by a third-party plugin loaded by its path. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { ROOT } from '#test/support/principals.ts';
import type { HelloScope } from '../fixtures/plugins/hello/scope.ts';

const HELLO = fileURLToPath(new URL('../fixtures/plugins/hello', import.meta.url));

describe('a third-party plugin', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { [HELLO]: { greeting: 'Good day' } } });
  });
  after(() => app.stop());

  const greeter = () => (app.platform.scopes.get('hello') as HelloScope).greeter;

  it('serves its route with its config, its hook, its migration and its event', async () => {
    const made = await app.http.post('/api/hello', { name: '  Ada ' });
    assert.equal(made.status, 201);
    assert.equal(made.body.text, 'Good day, Ada!');
    const found = await app.http.get(`/api/hello/${made.body.id}`);
    assert.deepEqual(found.body, made.body);
    await app.services.jobs.idle();
    assert.deepEqual(greeter().remembered(), ['Ada']);
  });

  it('runs its cron job once when its time has come', async () => {
    await app.clock.advance(3600 * 1000);
    await app.platform.cron.runDue();
    assert.equal(greeter().counted(), 1);
    const runs = await app.services.db.read('core_cron_runs').where({ job: 'hello.count' });
    assert.equal(runs.length, 2);
  });

  it('offers its function, checked at both ends', async () => {
    const call = { principal: ROOT, idempotencyKey: 'k' };
    const output = await app.services.functions.call('hello.greet', { name: 'Bob' }, call);
    assert.deepEqual(output, { text: 'Good day, Bob!' });
    await assert.rejects(app.services.functions.call('hello.greet', { name: 7 }, call), { code: 'validation_error' });
    await assert.rejects(app.services.functions.call('hello.nothing', {}, call), { code: 'not_found' });
  });

  it('speaks over its WebSocket', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${app.port}/ws/hello`);
    const text = await new Promise((resolve, reject) => {
      socket.on('open', () => socket.send('Eve'));
      socket.on('message', (data) => resolve(String(data)));
      socket.on('error', reject);
    });
    socket.close();
    assert.equal(text, 'Good day, Eve!');
  });

  it('streams its events live', async () => {
    const response = await fetch(`${app.url}/api/hello-live`);
    assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    await app.http.post('/api/hello', { name: 'Zoe' });
    let text = '';
    while (!text.includes('"Zoe"')) text += (await reader.read()).value ?? '';
    assert.match(text, /event: hello\.greeted\ndata: \{"name":"Zoe"\}\n\n/);
    await reader.cancel();
  });

  it('stands in the OpenAPI document and in the health report', async () => {
    const document = (await app.http.get('/openapi.json')).body;
    assert.equal(document.paths['/api/hello'].post.tags[0], 'hello');
    assert.equal((await app.http.get('/health/ready')).status, 200);
  });

  it('leaves no trace when it is not enabled', async () => {
    const without = await startPlatform();
    assert.equal((await without.http.post('/api/hello', { name: 'Ada' })).status, 404);
    await without.stop();
  });
});
