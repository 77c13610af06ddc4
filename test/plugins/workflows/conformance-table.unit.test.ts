/** docs/workflows/conformance.md has a row for each property of the DSL's schema, and what it says to be refused is. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { root } from '../../../scripts/setup.mjs';
import { type Bench, definitionOf, startBench } from './support.ts';

const DO = 'do: [ { a: { set: { b: 1 } } } ]';
const task = (text: string) => `do: [ { a: { ${text} } } ]`;
const call = (name: string, given = '{}') => task(`call: ${name}, with: ${given}`);
const http = (policy: string) =>
  call('http', `{ method: get, endpoint: { uri: https://example.com, authentication: ${policy} } }`);
const mcp = (transport: string) => call('mcp', `{ method: tools/list, transport: ${transport} }`);

/** A definition with each property that is refused; those of one call stand together. */
const REFUSED: Record<string, string> = {
  'workflow.use.catalogs': `use: { catalogs: { x: { endpoint: https://example.com } } }\n${DO}`,
  'catalog.endpoint': `use: { catalogs: { x: { endpoint: https://example.com } } }\n${DO}`,
  'schema.resource': `input: { schema: { resource: { endpoint: https://example.com } } }\n${DO}`,
  'schema.format': `input: { schema: { format: avro, document: {} } }\n${DO}`,
  'callTask.with.transport.stdio': mcp('{ stdio: { command: x, arguments: [y], environment: { A: b } } }'),
  'callTask.with.transport.options': mcp('{ http: { endpoint: https://example.com }, options: { a: b } }'),
  'authenticationPolicy.certificate': http('{ certificate: {} }'),
  'oauth2AuthenticationProperties.grant': http('{ oauth2: { authority: https://example.com, grant: xx } }'),
  'eventConsumptionStrategy.until.until': task(
    'listen: { to: { any: [ { with: { type: x } } ], until: { until: false, one: { with: { type: y } } } } }',
  ),
  'containerLifetime.cleanup': task('run: { container: { image: x, lifetime: { cleanup: eventually, after: PT1H } } }'),
  'containerLifetime.after': task('run: { container: { image: x, lifetime: { cleanup: eventually, after: PT1H } } }'),
  'runTask.run.container.stdin': task('run: { container: { image: x, stdin: y } }'),
  'runTask.run.container.arguments': task('run: { container: { image: x, arguments: [y] } }'),
  'runTask.run.container.pullPolicy': task('run: { container: { image: x, pullPolicy: always } }'),
  'runTask.run.script.stdin': task('run: { script: { language: js, code: y, stdin: z } }'),
  'runTask.run.script.source': task('run: { script: { language: js, source: { endpoint: https://example.com } } }'),
  'runTask.run.script.language': task('run: { script: { language: python, code: x } }'),
  'runTask.run.shell': task('run: { shell: { command: ls } }'),
  'runTask.run.shell.stdin': task('run: { shell: { command: x, stdin: z } }'),
};
const NOT_ALLOWED = 'refused with';
const NOT_CALLED = /call: (\w+) is a standard task that is not supported here/;

describe('the table of conformance', () => {
  const rows = rowsOf(readFileSync(join(root, 'docs', 'workflows', 'conformance.md'), 'utf8'));
  let bench: Bench;
  /** Where shell commands are allowed, so that not all of them are refused for that. */
  let open: Bench;
  before(async () => {
    bench = await startBench();
    open = await startBench({ plugins: { workflows: { shell: true } } } as never);
  });
  after(async () => {
    await bench.app.stop();
    await open.app.stop();
  });

  it('has a row for each property of the schema', () => {
    const { properties, $defs } = schemaOfTheDsl();
    const named = new Set<string>();
    collect({ properties }, 'workflow', named);
    for (const [name, definition] of Object.entries($defs)) collect(definition, name, named);
    assert.ok(named.size > 200, `${named.size}`);
    assert.deepEqual(
      [...named].filter((name) => !rows.some(([property]) => property === name)),
      [],
    );
  });

  it('says of what is refused what its author is told', async () => {
    for (const [property, here] of rows) {
      const [, sentence] = /refused: "(.+)"$/.exec(here) ?? [];
      if (sentence === undefined) continue;
      const [, uncalled] = NOT_CALLED.exec(sentence) ?? [];
      const body = uncalled ? call(uncalled) : REFUSED[property.replace(/(?<=stdio)\.\w+$/, '')];
      assert.ok(body, `no definition with ${property}`);
      const { admin } = property === 'runTask.run.shell' ? bench : open;
      const answer = await admin.post('/api/platform/workflows', { definition: definitionOf('refused', body) });
      assert.equal(answer.status, 422, property);
      const told: string[] = answer.body.errors.map(({ message }: { message: string }) => message);
      assert.ok(
        told.some((message) => message.startsWith(sentence)),
        `${property}: ${told.join('; ')}`,
      );
    }
  });

  it('names a test in which the property stands', () => {
    const files = new Map<string, string>();
    const textOf = (file: string): string => {
      const text = files.get(file) ?? readFileSync(join(root, 'test', 'plugins', 'workflows', file), 'utf8');
      files.set(file, text);
      return text;
    };
    for (const [property, here, file] of rows) {
      // Those of standard tasks that are refused as a whole stand behind the name of their task.
      if (NOT_CALLED.test(here) || here.includes(NOT_ALLOWED)) continue;
      const name = property.split('.').at(-1);
      assert.match(textOf(file), new RegExp(`\\b${name}\\b`), `${property} does not stand in ${file}`);
    }
  });

  it('takes each version of 1.0, and no other', async () => {
    const statuses = ['1.0.0', '1.0.3', '1.1.0', '0.9'].map(async (dsl) => {
      const definition = definitionOf('versions', DO).replace("dsl: '1.0.0'", `dsl: '${dsl}'`);
      return (await bench.admin.post('/api/platform/workflows/validate', { definition })).body.valid;
    });
    assert.deepEqual(await Promise.all(statuses), [true, true, false, false]);
  });

  it('keeps what is used for nothing', async () => {
    const endpoints = '{ token: /token, revocation: /revoke, introspection: /introspect }';
    const policy = http(
      `{ oauth2: { authority: https://example.com, endpoints: ${endpoints}, grant: client_credentials } }`,
    );
    await bench.publish('endpoints', policy);
    const text = definitionOf('kept', `do: [ { a: { set: { b: 1 }, metadata: { x: 1 } } } ]`);
    const definition = text.replace(/^(\s+)name: kept$/m, '$1name: kept\n$1tags: { team: red }');
    const answer = await bench.admin.post('/api/platform/workflows', { definition });
    assert.equal(answer.status, 201, answer.text);
    const { body } = await bench.admin.get('/api/platform/workflows/test/kept');
    assert.match(JSON.stringify(body), /team.*red/);
  });

  it('calls a server of tools in the version and within the time that the task says', async () => {
    const heard: string[] = [];
    const server = createServer(async (request, response) => {
      heard.push(String(request.headers['mcp-protocol-version']));
      if (heard.length > 3) return;
      let text = '';
      for await (const chunk of request) text += chunk;
      const { id, method } = JSON.parse(text);
      if (id === undefined) return void response.writeHead(202).end();
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result: { method } }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const given = `{ protocolVersion: '2025-03-26', timeout: PT2S, method: tools/list, transport: { http: { endpoint: '${url}' } } }`;
    await bench.publish('asks', call('mcp', given));
    assert.deepEqual((await bench.run('asks')).output, { method: 'tools/list' });
    assert.deepEqual(heard, ['2025-03-26', '2025-03-26', '2025-03-26']);
    const { status, error } = await bench.run('asks');
    assert.deepEqual([status, error.status, error.detail], ['faulted', 408, 'The MCP server took too long']);
    server.closeAllConnections();
    server.close();
  });
});

function rowsOf(text: string): [property: string, here: string, test: string][] {
  return [...text.matchAll(/^\| `([\w.]+)` \| (.*?) \| `([\w.-]+)` \|$/gm)].map(
    ([, name = '', here = '', test = '']) => [name, here, test],
  );
}

type Schema = Record<string, any>;

/** As the specification's own validator has it, which does not export it. */
function schemaOfTheDsl(): { properties: Schema; $defs: Schema } {
  const file = createRequire(import.meta.url)
    .resolve('@serverlessworkflow/sdk')
    .replace(/umd.*|lib.*/, 'esm/index.esm.js');
  const text = readFileSync(file, 'utf8');
  const source = text.slice(
    text.indexOf('var $id = "https://serverlessworkflow.io'),
    text.indexOf('var workflowSchema'),
  );
  return new Function(`${source}; return { properties, $defs };`)();
}

/** Names of properties, those behind references by the name of what is referred to. */
function collect(schema: unknown, path: string, found: Set<string>): void {
  if (typeof schema !== 'object' || schema === null) return;
  const { properties = {}, items, additionalProperties, ...rest } = schema as Schema;
  for (const [name, inner] of Object.entries<Schema>(properties)) {
    found.add(`${path}.${name}`);
    if (inner.$ref === undefined) collect(inner, `${path}.${name}`, found);
  }
  for (const inner of [items, additionalProperties]) collect(inner, path, found);
  for (const key of ['oneOf', 'anyOf', 'allOf', 'if', 'then', 'else'])
    for (const inner of [rest[key]].flat()) if (inner?.$ref === undefined) collect(inner, path, found);
}
