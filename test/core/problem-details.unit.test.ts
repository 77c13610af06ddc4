/** The platform's own API answers in English, as RFC 9457 says, whichever plugins are on; others keep their dialects. */
import assert from 'node:assert/strict';
import { authConfig, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const CHINESE = /\p{Script=Han}/u;

describe('problem details', () => {
  let app: TestPlatform;

  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        billing: {},
        licensing: {},
        mail: { domains: ['example.com'], smtp: { enabled: false } },
        workflows: {},
      },
      config: { http: { rateLimit: { enabled: false } } },
    });
  });
  after(() => app.stop());

  it('belong to every route below /api/platform', () => {
    const paths = Object.entries(app.platform.openapi().paths as Record<string, Record<string, any>>);
    const own = paths.filter(([path]) => path.startsWith('/api/platform/'));
    const dialects = own.flatMap(([, methods]) => Object.values(methods).map((one) => one['x-dialect']));
    assert.ok(dialects.length > 80);
    assert.deepEqual([...new Set(dialects)], ['platform']);
  });

  it('say what is wrong, with a code, in English', async () => {
    const { http } = await register(app);
    const root = app.http.bearer(ROOT_TOKEN);
    const call = (name: string, input: unknown) => http.post(`/api/platform/functions/${name}`, { input });
    for (const [answer, status, code] of [
      [await app.http.get('/api/platform/jobs'), 401, 'unauthenticated'],
      [await http.get('/api/platform/jobs'), 403, 'forbidden'],
      [await http.get('/api/platform/nothing'), 404, 'not_found'],
      [await http.put('/api/platform/jobs'), 405, 'method_not_allowed'],
      [await http.post('/api/platform/workflows', '{"a":'), 400, 'invalid_json'],
      [await http.post('/api/platform/workflows', {}), 422, 'validation_error'],
      [await http.get('/api/platform/mail/messages/4711'), 404, 'message_not_found'],
      [await call('mail.find', { mailbox: 'nobody@example.com' }), 404, 'mailbox_not_found'],
      [await call('licensing.revoke', { license_id: 'nothing' }), 404, 'LICENCE_NOT_FOUND'],
      [await call('nothing', {}), 404, 'not_found'],
      [await root.post('/api/platform/functions/billing.usage', { input: { meter: 'x' } }), 403, 'no_tenant'],
    ] as const) {
      assert.equal(answer.headers.get('content-type'), 'application/problem+json', answer.text);
      assert.deepEqual([answer.status, answer.body.status, answer.body.code], [status, status, code]);
      assert.equal(answer.body.type, `urn:patchbay:error:${code}`);
      assert.doesNotMatch(answer.text, CHINESE);
    }
  });

  it('name all that is wrong with a request, each at its place', async () => {
    const { http } = await register(app);
    const { status, body } = await http.post('/api/platform/events', { source: 5, type: '', extra: 1, time: 'now' });
    assert.equal(status, 422);
    assert.deepEqual(body.errors.map(({ path }: any) => path).sort(), ['/body/source', '/body/time', '/body/type']);
    const many = await http.post('/api/platform/workflows', { definition: 5, enabled: 'x', draft: 1, other: true });
    for (const path of ['/body/definition', '/body/enabled', '/body/draft', '/body/other']) {
      assert.ok(
        many.body.errors.some((error: any) => error.path === path),
        path,
      );
    }
  });

  it('cost no more for a value with a hundred thousand faults than for one with a few', async () => {
    const { http } = await register(app);
    const { status, body } = await http.post('/api/platform/workflows', { definition: Array(100_000).fill(1) });
    assert.equal(status, 422);
    assert.ok(body.errors.length <= 20);
  });

  it('leave the other APIs their own sentences', async () => {
    const { http } = await register(app);
    assert.deepEqual((await http.get('/api/emails?mailbox=nobody@example.com')).body, { error: '邮箱不存在' });
    const send = await http.post('/api/send', { from: 'a@example.com', to: 'b@c.example', subject: 's', text: 't' });
    assert.deepEqual([send.status, send.body], [403, { error: '未授权发件' }]);
    const verify = await app.http.post('/api/verify', { email: 'a@b.example' });
    assert.deepEqual([verify.body.code, verify.body.message], ['MISSING_LICENSE', '激活码不能为空']);
  });

  it('reach MCP and executions of workflows in English', async () => {
    const { http } = await register(app);
    const wait = await http.post('/api/platform/workflows/try-task?wait=20', {
      task: { call: 'mail.find', with: { mailbox: 'nobody@example.com' } },
    });
    assert.deepEqual([wait.body.status, wait.body.error.code], ['faulted', 'mailbox_not_found']);
    assert.doesNotMatch(wait.text, CHINESE);
    const tool = await http.post(
      '/mcp',
      {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'mail.find', arguments: { mailbox: 'nobody@example.com' } },
      },
      { accept: 'application/json, text/event-stream' },
    );
    assert.match(tool.text, /mailbox_not_found/);
    assert.doesNotMatch(tool.text, CHINESE);
  });

  it('show their sentence on the set-up page', async () => {
    const page = (await app.http.get('/setup')).text;
    assert.match(page, /body\.errors\?\.map/);
    assert.match(page, /body\.title/);
    const weak = await app.http.post('/api/platform/setup', { token: 'x', email: 'no address', password: 'short' });
    assert.deepEqual([weak.status, Array.isArray(weak.body.errors)], [422, true]);
    const used = await app.http.post('/api/platform/setup', { token: 'x', email: 'a@b.example', password: 'password' });
    assert.ok(used.status >= 400 && typeof used.body.title === 'string' && !CHINESE.test(used.body.title));
  });
});
