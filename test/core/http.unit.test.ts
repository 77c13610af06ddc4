/** HTTP done right: methods, types, limits, headers, bad input. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('the HTTP server', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { smtp: { enabled: false } } },
      config: {
        http: { bodyLimit: 2048, cors: { origins: ['https://app.example'] } },
        metrics: { token: 'metrics-token-0123' },
      },
    });
  });
  after(() => app.stop());
  const login = '/api/v2/auth/login';

  it('answers /health in the documented shape', async () => {
    const { status, body } = await app.http.get('/health');
    assert.equal(status, 200);
    assert.equal(body.status, 'ok');
    assert.match(body.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal((await app.http.get('/health/ready')).body.status, 'ok');
  });

  it('answers unknown paths in the shape of their dialect', async () => {
    assert.deepEqual((await app.http.get('/api/v2/nothing')).body.code, 'not_found');
    assert.ok((await app.http.get('/api/v2/nothing')).body.detail);
    const shared = (await app.http.get('/api/nothing')).body;
    assert.deepEqual([shared.code, shared.success, typeof shared.error], ['NOT_FOUND', false, 'string']);
    const own = await app.http.get('/nothing');
    assert.equal(own.headers.get('content-type'), 'application/problem+json');
    assert.equal(own.body.status, 404);
  });

  it('answers a wrong method with 405 and Allow', async () => {
    const answer = await app.http.put(login, {});
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get('allow'), 'POST');
    assert.match((await app.http.post('/health')).headers.get('allow')!, /GET, HEAD/);
    assert.equal((await app.http.put('/api/email/7')).headers.get('allow'), 'DELETE, GET, HEAD');
    assert.equal((await app.http.send('HEAD', '/health')).status, 200);
  });

  it('refuses other types, broken JSON, broken UTF-8, deep nesting and large bodies', async () => {
    assert.equal(
      (await app.http.post(login, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' })).status,
      415,
    );
    assert.equal((await app.http.post(login, '{"a":')).status, 400);
    assert.equal((await app.http.post(login, Buffer.from([0x22, 0xff, 0xfe, 0x22]))).status, 400);
    assert.equal((await app.http.post(login, '['.repeat(500) + ']'.repeat(500))).status, 400);
    assert.equal((await app.http.post(login, { email: 'x'.repeat(4000), password: 'y' })).status, 413);
    assert.equal((await app.http.post(login, '[1,2]')).status, 422);
    assert.equal((await app.http.post(login, 'null')).status, 422);
    assert.equal((await app.http.post(login, '{"__proto__":{"x":1},"email":"a","password":"b"}')).status, 422);
  });

  it('cuts a chunked body off at the limit', async () => {
    const text = await new Promise<string>((resolve) => {
      const socket = connect(app.port, '127.0.0.1');
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
        if (answer.includes('\r\n\r\n')) socket.destroy();
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(answer));
      socket.write(
        `POST ${login} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
      );
      for (let index = 0; index < 10; index++) socket.write(`400\r\n${'x'.repeat(1024)}\r\n`);
    });
    assert.match(text, /^HTTP\/1\.1 413/);
  });

  it('refuses absurd page sizes and ids that are paths', async () => {
    const root = app.http.bearer(ROOT_TOKEN);
    assert.equal((await root.get('/api/v2/admin/users?page_size=100000')).status, 422);
    assert.equal((await root.get('/api/v2/admin/users?page=-1')).status, 422);
    assert.equal((await root.get('/api/mailboxes?limit=100000')).status, 400);
    for (const id of ['..%2f..%2fetc%2fpasswd', '%00', '%ff', "1'%20or%201=1", '99999999999999999999']) {
      assert.ok([400, 404].includes((await root.get(`/api/email/${id}`)).status), id);
      assert.equal((await root.get(`/api/v2/admin/users/${id}`)).status, 404, id);
    }
    assert.equal((await app.http.get('/docs/assets/..%2f..%2fpackage.json')).status, 404);
  });

  it('sends security headers and a request id, and keeps a given one', async () => {
    const { headers } = await app.http.get('/health', { 'x-request-id': 'my-request-1' });
    assert.equal(headers.get('x-request-id'), 'my-request-1');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.match(headers.get('content-security-policy')!, /default-src 'none'/);
    assert.match(
      (await app.http.get('/nothing', { 'x-request-id': 'bad id\t' })).headers.get('x-request-id')!,
      /^[0-9a-f-]{36}$/,
    );
  });

  it('allows only the configured origins to read', async () => {
    assert.equal(
      (await app.http.get('/health', { origin: 'https://app.example' })).headers.get('access-control-allow-origin'),
      'https://app.example',
    );
    assert.equal(
      (await app.http.get('/health', { origin: 'https://evil.example' })).headers.get('access-control-allow-origin'),
      null,
    );
  });

  it('guards the metrics', async () => {
    assert.equal((await app.http.get('/metrics')).status, 401);
    assert.equal((await app.http.bearer('metrics-token-0124').get('/metrics')).status, 401);
    const answer = await app.http.bearer('metrics-token-0123').get('/metrics');
    assert.equal(answer.status, 200);
    assert.match(answer.text, /patchbay_http_request_seconds_count/);
    assert.equal((await app.http.bearer(ROOT_TOKEN).get('/metrics')).status, 200);
  });

  it('describes every route in the OpenAPI document, and shows it at /docs', async () => {
    const { body } = await app.http.get('/openapi.json');
    assert.equal(body.openapi, '3.1.0');
    for (const { method, path } of app.platform.routes)
      assert.ok(body.paths[path][method.toLowerCase()], `${method} ${path}`);
    assert.match((await app.http.get('/docs')).text, /swagger-ui/);
    const asset = await app.http.get('/docs/assets/swagger-ui.css');
    assert.equal(asset.status, 200);
    assert.match(asset.headers.get('cache-control')!, /max-age=86400/);
  });

  it('denies by default: without credentials only public routes answer', async () => {
    for (const { method, path, access } of app.platform.routes) {
      if (access === 'public' || access === 'optional') continue;
      const { status } = await app.http.send(method, path.replace(/\{\w+\}/g, '1'), method === 'GET' ? undefined : {});
      assert.equal(status, 401, `${method} ${path}`);
    }
  });

  it('shows operators their jobs, cron runs and functions', async () => {
    const root = app.http.bearer(ROOT_TOKEN);
    assert.deepEqual(Object.keys((await root.get('/api/platform/jobs')).body), [
      'items',
      'next_cursor',
      'previous_cursor',
      'total',
    ]);
    assert.ok((await root.get('/api/platform/cron')).body.items.some((job: any) => job.name === 'mail.removeExpired'));
    assert.equal((await root.get('/api/platform/cron/runs?cursor=nonsense')).status, 400);
    assert.equal((await root.get('/api/v2/admin/health')).body.checks.database.status, 'ok');
  });
});
