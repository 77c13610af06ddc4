/** Expressions are tried with data that is sent along: nothing of it is kept, and nothing of the tenant is read. */
import assert from 'node:assert/strict';
import { register } from '#test/support/accounts.ts';
import { type Bench, startBench } from './support.ts';

const ROUTE = '/api/platform/workflows/try-expression';

describe('expressions that are tried', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.app.stop());

  async function tried(body: object): Promise<any> {
    const answer = await bench.admin.post(ROUTE, body);
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  }

  it('give what they give in a task, with its variables', async () => {
    assert.deepEqual(
      await tried({ expression: '${ .a + $context.b }', input: { a: 1 }, variables: { context: { b: 2 } } }),
      {
        output: 3,
      },
    );
    assert.deepEqual(await tried({ expression: '[$item, $input, $runtime]', variables: { item: 'x' } }), {
      output: ['x', null, null],
    });
    assert.deepEqual(await tried({ expression: 'empty' }), { output: null });
  });

  it('say what is wrong with them, and end when they are endless or huge', async () => {
    assert.match((await tried({ expression: '.a |' })).error, /in: \.a \|/);
    assert.match((await tried({ expression: '.a.b', input: { a: 1 } })).error, /Cannot index number/);
    assert.match((await tried({ expression: 'def f: f; f' })).error, /\(in: /);
    assert.match((await tried({ expression: '"x" * 300000' })).error, /larger than 262144 bytes/);
    assert.equal((await tried({ expression: 'reduce range(400) as $i (1; [.])' })).error, undefined);
    const nested = (levels: number) => tried({ expression: `reduce range(${levels}) as $i (1; [.])` });
    assert.match((await nested(600)).error, /nests deeper than 500/);
    // Its copies grow with its depth: on a slow machine the time ends it first.
    assert.match((await nested(6_000)).error, /nests deeper than 500|more than 250 ms/);
    const tooMany = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`v${index}`, 1]));
    assert.equal((await bench.admin.post(ROUTE, { expression: '1', variables: tooMany })).status, 422);
    assert.equal((await bench.admin.post(ROUTE, { expression: '1', variables: { 'a b': 1 } })).status, 422);
  });

  it('read no secret, and leave nothing behind', async () => {
    await bench.admin.put('/api/platform/workflow-secrets/token', { value: 'a very secret text' });
    const writes: string[] = [];
    bench.app.services.db.write.on('query', ({ sql }: { sql: string }) => {
      if (/^(insert|update|delete)/i.test(sql)) writes.push(sql);
    });
    assert.match((await tried({ expression: '$secrets.token' })).error, /no secret 'token'/);
    assert.deepEqual(await tried({ expression: '$secrets.token', variables: { secrets: { token: '••••' } } }), {
      output: '••••',
    });
    assert.deepEqual(
      writes.filter((sql) => sql.includes('workflows_')),
      [],
    );
    assert.deepEqual((await bench.admin.get('/api/platform/workflows')).body.items, []);
  });

  it('are tried by those who may write workflows', async () => {
    assert.equal((await bench.app.http.post(ROUTE, { expression: '1' })).status, 401);
    const owner = await register(bench.app);
    const key = async (scopes: string[]) => {
      const { body } = await owner.http.post('/api/v2/api-keys', { name: scopes.join(), scopes });
      return bench.app.http.apiKey(body.raw_key);
    };
    assert.equal((await (await key(['workflows:read'])).post(ROUTE, { expression: '1' })).status, 403);
    assert.equal((await (await key(['workflows:manage'])).post(ROUTE, { expression: '1' })).status, 200);
  });
});
