/** Definitions, schemas and scripts that are meant to cost much: each ends with an error, and nobody else waits for it. */
import assert from 'node:assert/strict';
import { type Bench, definitionOf, startBench } from './support.ts';

describe('a hostile definition', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.app.stop());

  it('of a script that changes what it runs with is an error of that script', async () => {
    for (const code of [
      "JSON.stringify = () => 'no JSON'; return { a: 1 };",
      'JSON.stringify = () => "{" ; return 1;',
      'globalThis.JSON = null; return { a: 1 };',
      'return { toJSON() { throw 1 } };',
    ]) {
      await bench.publish(
        's',
        `do: [ { s: { run: { script: { language: javascript, code: ${JSON.stringify(code)} } } } } ]`,
      );
      const { status } = await bench.run('s');
      assert.ok(status === 'faulted' || status === 'completed', code);
    }
  });

  it('of a script that does not wait for its request is no error', async () => {
    const code = "fetch('http://127.0.0.1:9/'); return 7;";
    await bench.publish(
      's',
      `do: [ { s: { run: { script: { language: javascript, code: ${JSON.stringify(code)} } } } } ]`,
    );
    assert.equal((await bench.run('s')).output, 7);
  });

  it('of thousands of tasks keeps nobody else waiting', async () => {
    const { workflowDefinitions } = bench.app.services;
    const definition = {
      document: { dsl: '1.0.0', namespace: 'test', name: 'large', version: '1.0.0' },
      do: Array.from({ length: 4_000 }, (_, index) => ({ [`task${index}`]: { set: { x: `\${ .x + ${index} }` } } })),
    };
    // What its own checks find wrong is said without the validator of the specification, in whatever thread they run.
    const wrong = { ...definition, do: definition.do.map((task) => ({ ...task, other: null })) };
    for (const given of [definition, wrong]) {
      const order: string[] = [];
      const checking = workflowDefinitions.check(JSON.stringify(given)).then((errors) => {
        order.push('validated');
        return errors;
      });
      assert.equal((await bench.app.http.get('/health')).status, 200);
      order.push('health');
      assert.equal((await checking).length, given === wrong ? 100 : 0);
      assert.deepEqual(order, ['health', 'validated']);
    }
    const answer = await bench.admin.post('/api/platform/workflows', { definition });
    assert.equal(answer.status, 201, answer.text);
    assert.deepEqual((await bench.admin.get('/api/platform/workflows/test/large')).body.definition, definition);
  }).timeout(60_000);

  it('with a wrong name in each of thousands of places is refused soon', async () => {
    const tasks = Array.from({ length: 5_000 }, (_, index) => `- task${index}: { set: {}, then: tasc${index} }\n`);
    const definition = definitionOf('names', `do:\n${tasks.join('')}`);
    const errors = await bench.app.services.workflowDefinitions.check(definition);
    assert.equal(errors.length, 100);
    assert.match(errors[0]!.message, /did you mean 'task0'/);
  }).timeout(60_000);

  it('with very many keys keeps nobody from publishing for minutes, and one that stands twice is told', async () => {
    const keys = Array.from({ length: 60_000 }, (_, n) => `    k${n}: 1`).join('\n');
    const check = async (definition: string) =>
      (await bench.admin.post('/api/platform/workflows/validate', { definition })).body;
    const many = await check(definitionOf('keys', `do:\n- a:\n   set:\n${keys}\n`));
    assert.deepEqual(many, { valid: true, errors: [] });
    const twice = await check(definitionOf('twice', 'do: [ { a: { set: { x: 1 } } } ]\ndo: []\n'));
    assert.deepEqual(twice.errors, [{ path: '', line: 7, column: 1, message: 'Map keys must be unique' }]);
  }).timeout(30_000);

  it('whose errors would be endless ends with one that can be kept', async () => {
    const expressions = [
      'reduce range(60) as $i (1; [., .]) | error',
      'reduce range(22) as $i (1; [., .]) | error',
      '"x" * 5000000 | error',
    ];
    for (const [index, expression] of expressions.entries()) {
      await bench.publish(`thrown${index}`, `do: [ { a: { set: { v: '\${ ${expression} }' } } } ]`);
      const { status, error } = await bench.run(`thrown${index}`);
      assert.equal(status, 'faulted', expression);
      assert.match(error.type, /\/expression$/);
      assert.ok(error.detail.length < 3_000, expression);
    }
    const large = `do: [ { a: { raise: { error: { type: 'https://e.example/x', status: 400, title: '\${ "x" * 2000000 }' } } } } ]`;
    await bench.publish('raised', large);
    assert.match((await bench.run('raised')).error.detail, /larger than 1048576 bytes/);
  }).timeout(20_000);

  it('whose values hold one part very often is refused before they are written', async () => {
    const branches = Array.from({ length: 40 }, (_, n) => `{ b${n}: { set: '\${ . }' } }`);
    await bench.publish('copies', `do: [ { a: { fork: { branches: [ ${branches.join(', ')} ] } } } ]`);
    const { error } = await bench.run('copies', { text: 'x'.repeat(500_000) });
    assert.match(error.detail, /A value is larger than 1048576 bytes/);
  }).timeout(20_000);

  it('in a pattern of a schema ends with an error', async () => {
    const text = `${'a'.repeat(60)}!`;
    for (const [name, schema, input] of [
      ['of-text', { type: 'string', pattern: '^(a+)+$' }, text],
      ['of-keys', { type: 'object', patternProperties: { '^(a|a)*$': { type: 'number' } } }, { [text]: 1 }],
    ] as const) {
      await bench.publish(
        name,
        `input: { schema: { document: ${JSON.stringify(schema)} } }\ndo: [ { a: { set: { a: 1 } } } ]`,
      );
      const { error } = await bench.run(name, input);
      assert.match(error.detail, /its schema, or a pattern of it, takes too long/, name);
    }
    const ordinary = '^[^@\\\\s]+@[^@\\\\s]+\\\\.[a-z]{2,}$';
    await bench.publish(
      'mail',
      `input: { schema: { document: { type: string, pattern: "${ordinary}" } } }\ndo: [ { a: { set: { a: 1 } } } ]`,
    );
    assert.equal((await bench.run('mail', `${'ada'.repeat(100)}@example.com`)).status, 'completed');
    assert.equal((await bench.run('mail', 'ada')).error.status, 400);
  }).timeout(60_000);

  it('in a schema that branches without end, or compares each item with each, ends with an error', async () => {
    const branches = Array.from({ length: 40 }, (_, n) => {
      const next = `{ $ref: '#/$defs/a${n + 1}' }`;
      return `a${n}: { allOf: [ ${next}, ${next} ] }`;
    });
    const schemas = {
      branches: `{ $ref: '#/$defs/a0', $defs: { ${branches.join(', ')}, a40: { type: object } } }`,
      items: '{ properties: { list: { uniqueItems: true } } }',
    };
    const input = { list: Array.from({ length: 60_000 }, (_, n) => ({ n })) };
    for (const [name, schema] of Object.entries(schemas)) {
      await bench.publish(name, `input: { schema: { document: ${schema} } }\ndo: [ { a: { set: { x: 1 } } } ]`);
      const { status, error } = await bench.run(name, input);
      assert.equal(status, 'faulted', name);
      assert.match(error.detail, /takes too long/, name);
    }
  }).timeout(60_000);

  it('nested without end is refused', async () => {
    await bench.publish('echo', '# metadata: { patchbay: { hook: true } }\ndo: [ { a: { set: { a: 1 } } } ]');
    const nested = '['.repeat(100_000);
    for (const definition of [nested, '- '.repeat(400_000), '{a: '.repeat(100_000)]) {
      const answer = await bench.admin.post('/api/platform/workflows/validate', { definition });
      assert.match(answer.body.errors[0].message, /nested/);
    }
    const deep = `${nested}${']'.repeat(100_000)}`;
    const started = await bench.app.http.send('POST', '/hooks/test/echo', deep);
    assert.ok(started.status < 500, started.text);
  });

  it('larger than the limit is refused with a sentence', async () => {
    const small = await startBench({ plugins: { workflows: { maxDataBytes: 1000 } } as any });
    await small.publish('echo', '# metadata: { patchbay: { hook: true } }\ndo: [ { a: { set: { a: 1 } } } ]');
    const answer = await small.app.http.post('/hooks/test/echo', { x: 'x'.repeat(2000) });
    assert.ok(answer.status >= 400 && answer.status < 500, answer.text);
    await small.app.stop();
  });
});
