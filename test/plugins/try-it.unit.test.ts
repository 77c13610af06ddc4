/** "Try it from your program": what pages show is run as it stands there, by a shell, Node and Python, against a running server. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { TRY_LANGUAGES, type TryCall, type TryLanguage, tryText } from '#plugins/admin/web/kit/try-it-texts.ts';
import { keyCalls } from '#plugins/auth/ui/parts/key-calls.ts';
import { meterCalls } from '#plugins/billing/ui/parts/meter-calls.ts';
import { licenceCalls, productCalls } from '#plugins/licensing/ui/parts/licensing-calls.ts';
import { robotCalls } from '#plugins/robots/ui/parts/robot-calls.ts';
import { hookCalls } from '#plugins/workflows/ui/parts/hook-calls.ts';
import { authConfig, type Person, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const run = promisify(execFile);
const SECRET = 'a \'secret\' with "quotes" $HOME';
const words = (key: string) => `It's "${key}" \\ $(touch /tmp/never) \u2028 你好`;

/** What is not on this machine is not run; curl and Node are on each. */
const COMMANDS: Record<TryLanguage, (text: string) => [command: string, args: string[]]> = {
  curl: (text) => ['sh', ['-c', `${text} -f -w ' %{http_code}'`]],
  node: (text) => [process.execPath, ['--input-type=module', '-e', text]],
  python: (text) => ['python3', ['-c', text]],
};
const hasPython = spawnSync('python3', ['-c', 'import json, urllib.request']).status === 0;

const INPUT = {
  type: 'object',
  required: ['name', 'count', 'mail'],
  properties: {
    name: { type: 'string' },
    count: { type: 'integer', minimum: 3 },
    mail: { type: 'string', format: 'email' },
    note: { type: 'string' },
  },
  additionalProperties: false,
};

const workflow = (name: string, hook: string) => `document:
  dsl: '1.0.0'
  namespace: test
  name: ${name}
  version: '1.0.0'
  metadata: { patchbay: { hook: ${hook} } }
input: { schema: { document: ${JSON.stringify(INPUT)} } }
do:
  - nothing:
      set: { done: true }`;

describe('calls to try from a program', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let owner: Person;
  let key: { id: string; raw_key: string };

  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, licensing: {}, billing: {}, robots: {}, workflows: {} },
      config: { http: { rateLimit: { enabled: false } } },
    });
    owner = await register(app);
    key = (await owner.http.post('/api/v2/api-keys', { name: 'program' })).body;
  });
  after(() => app.stop());

  const made = async (path: string, body: object) => {
    const answer = await owner.http.post(path, body);
    assert.ok(answer.status < 300, answer.text);
    return answer.body;
  };

  async function output(language: TryLanguage, call: TryCall): Promise<string> {
    const [command, args] = COMMANDS[language](tryText(language, call, app.url));
    const env = { ...process.env, PATCHBAY_KEY: key.raw_key, PATCHBAY_SECRET: SECRET, NODE_OPTIONS: '' };
    return (await run(command, args, { env })).stdout;
  }

  /** Each call in each language, which must be answered with success. */
  async function works(calls: readonly TryCall[], isRight: (answer: string) => boolean): Promise<void> {
    const languages = TRY_LANGUAGES.filter((language) => language !== 'python' || hasPython);
    for (const call of calls)
      for (const language of languages) {
        const answer = await output(language, call);
        assert.match(answer, /(^| )20\d\b/, `${language}: ${answer}`);
        assert.ok(isRight(answer), `${language}: ${answer}`);
      }
  }

  it('are those of a key', async () => {
    await works(
      keyCalls(words, { id: key.id, scopes: null }),
      (answer) => answer.includes(owner.id) || answer.includes('routes'),
    );
    await works(keyCalls(words, { id: key.id, scopes: ['mail:read'] }), (answer) => answer.includes('openapi'));
  });

  it('are those of a product and of a licence', async () => {
    const product = await made('/api/platform/licensing/products', { code: 'editor', name: 'Editor' });
    await works(productCalls(words, product), (answer) => answer.includes('LIC-'));
    const wish = { plan: 'yearly', email: "o'neil@customer.example", product: product.product_id };
    const licence = await made('/api/platform/licensing/licences', wish);
    await works(licenceCalls(words, { ...licence, tenant_id: owner.tenantId }), (answer) =>
      /"isValid":\s*true/.test(answer),
    );
  });

  it('are those of a meter', async () => {
    const { body } = await owner.http.get('/api/v2/usage/current');
    const [{ name }] = body.meters;
    await works(meterCalls(words, name), (answer) => answer.includes('receipt'));
  });

  it('are those of a hook: open, signed, and closed', async () => {
    await owner.http.put('/api/platform/workflow-secrets/shared', { value: SECRET });
    for (const [name, definition, hook] of [
      ['open', 'true', 'open'],
      ['signed', '{ secret: shared, timestamp: true }', 'signed'],
      ['closed', 'false', 'closed'],
    ] as const) {
      await made('/api/platform/workflows', { definition: workflow(name, definition) });
      await works(hookCalls(words, { namespace: 'test', name, hook, input: INPUT }), (answer) =>
        answer.includes('"id"'),
      );
    }
  });

  it('are those of a robot, whose texts may be anything', async () => {
    const robot = await made('/api/platform/robots/robots', { name: 'Robbie' });
    await works(robotCalls(words, robot.id), (answer) => answer.includes(robot.id) || answer.includes('commandId'));
    const rows = await app.services.db.read('robots_commands' as never).select<{ params: string }[]>('params');
    const sent = new Set(rows.map(({ params }) => JSON.parse(params).content));
    assert.deepEqual([...sent], [words('tryIt.text')]);
  });

  it('say what Python has other names for', async function () {
    if (!hasPython) this.skip();
    const body = { yes: true, no: false, none: null, list: [1.5, 'a', {}] };
    const text = tryText('python', { method: 'POST', path: '/x', body, by: 'nobody' }, 'http://127.0.0.1');
    const shown = text.split('\n').filter((line) => line.startsWith('import') || line.startsWith('body'));
    const { stdout } = await run('python3', ['-c', `${shown.join('\n')}\nprint(body.decode())`]);
    assert.deepEqual(JSON.parse(stdout), body);
  });
});
