/**
 * What the specification of the DSL says beyond tasks.unit.test.ts: data flow, flow directives and errors of each kind of
 * task, calls against a real server, lifecycle events, and what an author reads who has made a mistake.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, definitionOf, startBench } from './support.ts';

const ERRORS = 'https://serverlessworkflow.io/spec/1.0.0/errors/';

interface Scenario {
  does: string;
  body: string;
  input?: unknown;
  secrets?: object;
  output?: unknown;
  /** What the error has, among other things. */
  error?: Record<string, unknown>;
}

/** A group of tasks in one line. */
const raise = (status: number) => `raise: { error: { type: 'https://example.com/x', status: ${status}, title: X } }`;

const SCENARIOS: Record<string, Scenario[]> = {
  'data flow': [
    {
      does: 'gives $task its input before `from`, its output before `as`, and its definition',
      body: `do:
- a:
    input: { from: .n }
    set: { n: '\${ . }' }
    output: { as: '{ i: $task.input, o: $task.output, d: $task.definition.set.n, n: $task.name, s: ($task.startedAt.epoch.seconds | type) }' }
    export: { as: '{ o: $task.output, t: $output.i }' }
- b: { set: { before: '\${ . }', context: '\${ $context }' } }`,
      input: { n: 1 },
      output: {
        before: { i: { n: 1 }, o: { n: 1 }, d: '${ . }', n: 'a', s: 'number' },
        context: { o: { n: 1 }, t: { n: 1 } },
      },
    },
    {
      does: 'shows a composite task what the tasks inside have exported',
      body: `do:
- outer:
    do: [ { in: { set: { a: 1 }, export: { as: '{ a: 1 }' } } } ]
    output: { as: $context }
    export: { as: '$context + { b: 2 }' }
output: { as: '{ last: ., context: $context }' }`,
      output: { last: { a: 1 }, context: { a: 1, b: 2 } },
    },
    {
      does: 'asks `if` on the raw input, and a skipped task changes nothing',
      body: `do: [ { a: { if: .user != null, input: { from: .user }, set: { x: 1 }, export: { as: '{ x: 1 }' } } } ]`,
      input: { n: 3 },
      output: { n: 3 },
    },
    {
      does: 'checks what a task exports',
      body: `do: [ { a: { set: { x: 1 }, export: { as: ., schema: { format: json, document: { required: [y] } } } } } ]`,
      error: { type: `${ERRORS}validation`, status: 400, instance: '/do/0/a' },
    },
    {
      does: 'checks the input of a task before it is shaped',
      body: `do: [ { a: { input: { schema: { document: { required: [y] } }, from: '{ y: 1 }' }, set: { x: 1 } } } ]`,
      error: { type: `${ERRORS}validation`, instance: '/do/0/a' },
    },
    {
      does: 'takes schemas of an older draft by their $schema',
      body: `input: { schema: { document: { $schema: 'http://json-schema.org/draft-07/schema#', required: [n] } } }
do: [ { a: { set: { n: '\${ .n }' } } } ]`,
      input: { n: 1 },
      output: { n: 1 },
    },
    {
      does: 'tries every text as an expression in the loose mode, and keeps those that fail',
      body: `evaluate: { language: jq, mode: loose }
do: [ { a: { set: { sum: .a + 1, text: Hello there, same: '\${ .a }' } } } ]`,
      input: { a: 1 },
      output: { sum: 2, text: 'Hello there', same: 1 },
    },
    {
      does: 'keeps texts without ${ } in the strict mode',
      body: `do: [ { a: { set: { text: .a + 1 } } } ]`,
      output: { text: '.a + 1' },
    },
  ],
  set: [
    {
      does: 'ends with its `then`',
      body: `do: [ { a: { set: { x: 1 }, then: end } }, { b: { set: { x: 2 } } } ]`,
      output: { x: 1 },
    },
  ],
  switch: [
    {
      does: 'comes to the default only when no other case matches, wherever it stands',
      body: `do:
- s: { switch: [ { rest: { then: r } }, { big: { when: .n > 5, then: b } } ] }
- r: { set: { is: rest }, then: end }
- b: { set: { is: big } }`,
      input: { n: 9 },
      output: { is: 'big' },
    },
    {
      does: 'goes on with its own `then` when no case matches',
      body: `do:
- s: { switch: [ { big: { when: .n > 5, then: b } } ], then: c }
- b: { set: { is: b } }
- c: { set: { is: c } }`,
      input: { n: 1 },
      output: { is: 'c' },
    },
    {
      does: 'fails when a condition does',
      body: `do: [ { s: { switch: [ { x: { when: '(.n | keys) == []', then: end } } ] } } ]`,
      input: { n: 1 },
      error: { type: `${ERRORS}expression`, status: 400, instance: '/do/0/s' },
    },
  ],
  do: [
    {
      does: 'ends the workflow from inside, with what the inner task gave',
      body: `do: [ { g: { do: [ { a: { set: { x: 1 }, then: end } } ] } }, { b: { set: { x: 2 } } } ]`,
      output: { x: 1 },
    },
  ],
  for: [
    {
      does: 'asks `while` with the context of the rounds before',
      body: `do:
- f:
    for: { in: '[range(5)]' }
    while: ($context.seen // 0) < 2
    do: [ { a: { set: { n: '\${ $item }' }, export: { as: '{ seen: (($context.seen // 0) + 1) }' } } } ]`,
      output: { n: 1 },
    },
    {
      does: 'leaves a round with exit, and everything with end',
      body: `do:
- f:
    for: { in: '[1, 2, 3]' }
    do:
    - one: { if: $item == 1, set: { s: 1 }, then: exit }
    - two: { if: $item == 2, set: { s: '\${ .s + 1 }' }, then: end }
    - never: { set: { s: wrong } }
- after: { set: { s: wrong } }`,
      output: { s: 2 },
    },
    {
      does: 'needs a list',
      body: `do: [ { f: { for: { in: .n }, do: [ { a: { set: { x: 1 } } } ] } } ]`,
      input: { n: 3 },
      error: { type: `${ERRORS}expression`, instance: '/do/0/f' },
    },
  ],
  fork: [
    {
      does: 'ends the workflow when a branch does',
      body: `do: [ { f: { fork: { branches: [ { a: { set: { x: 1 }, then: end } }, { b: { set: { x: 2 } } } ] } } }, { c: { set: { x: 3 } } } ]`,
      output: [{ x: 1 }, { x: 2 }],
    },
    {
      does: 'lets a try around it catch what fails in a branch, by its place',
      body: `do:
- t:
    try: [ { f: { fork: { branches: [ { a: { do: [ { b: { ${raise(418)} } } ] } } ] } } } ]
    catch: { as: e, do: [ { c: { set: { at: '\${ $e.instance }', status: '\${ $e.status }' } } } ] }`,
      output: { at: '/do/0/t/try/0/f/fork/branches/0/a/do/0/b', status: 418 },
    },
    {
      does: 'fails when the winner of a race fails first',
      body: `do: [ { f: { fork: { compete: true, branches: [ { a: { ${raise(409)} } }, { b: { wait: PT1H } } ] } } } ]`,
      error: { status: 409, instance: '/do/0/f/fork/branches/0/a' },
    },
  ],
  raise: [
    {
      does: 'works out all that an inline error says',
      body: `do:
- r:
    raise:
      error:
        type: \${ "https://example.com/" + .kind }
        status: 409
        title: \${ "No " + .kind }
        detail: plain`,
      input: { kind: 'stock' },
      error: {
        type: 'https://example.com/stock',
        status: 409,
        title: 'No stock',
        detail: 'plain',
        instance: '/do/0/r',
      },
    },
  ],
  try: [
    {
      does: 'compares all fields of errors.with, also by expressions',
      body: `do:
- t:
    try: [ { b: { ${raise(500)} } } ]
    catch:
      errors: { with: { type: '\${ .type }', status: 500, title: X, instance: /do/0/t/try/0/b } }
      do: [ { c: { set: { caught: true }, then: end } } ]
- never: { set: { caught: wrong } }`,
      input: { type: 'https://example.com/x' },
      output: { caught: true },
    },
    {
      does: 'compares the details of errors.with with the detail of the error',
      body: `do:
- other:
    try: [ { b: { raise: { error: { type: 'https://example.com/x', status: 500, title: X, detail: this one } } } } ]
    catch: { errors: { with: { details: this one } }, do: [ { c: { set: { caught: 1 } } } ] }
- t:
    try:
    - inner:
        try: [ { b: { raise: { error: { type: 'https://example.com/x', status: 500, title: X, detail: another } } } } ]
        catch: { errors: { with: { details: this one } }, do: [ { c: { set: { caught: wrong } } } ] }
    catch: { do: [ { c: { set: { caught: '\${ .caught + 1 }' } } } ] }`,
      output: { caught: 2 },
    },
    {
      does: 'leaves its list with exit, and goes on after it',
      body: `do:
- t:
    try: [ { a: { set: { x: 1 }, then: exit } }, { b: { ${raise(500)} } } ]
    catch: { do: [ { c: { set: { x: wrong } } } ] }
- after: { set: { x: '\${ .x + 1 }' } }`,
      output: { x: 2 },
    },
    {
      does: 'tries again at once without a delay, while `when` of the policy holds',
      body: `do:
- t:
    try: [ { b: { ${raise(503)} } } ]
    catch:
      retry: { when: .status == 503, exceptWhen: .status == 400, limit: { attempt: { count: 2 } }, jitter: { from: PT0S, to: PT0S } }
      do: [ { c: { set: { status: '\${ $error.status }' } } } ]`,
      output: { status: 503 },
    },
    {
      does: 'fails with what its handler raises',
      body: `do: [ { t: { try: [ { b: { ${raise(500)} } } ], catch: { do: [ { c: { ${raise(502)} } } ] } } } ]`,
      error: { status: 502, instance: '/do/0/t/catch/do/0/c' },
    },
  ],
  run: [
    {
      does: 'gives its input at once when nobody waits for the workflow',
      body: `do: [ { r: { input: { from: .a }, run: { await: false, workflow: { namespace: test, name: leaf, version: latest, input: { n: 1 } } } } } ]`,
      input: { a: { b: 1 } },
      output: { b: 1 },
    },
    {
      does: 'gives nothing of a workflow with `return: none`',
      body: `do: [ { r: { run: { return: none, workflow: { namespace: test, name: leaf, version: '1.0.0', input: { n: 1 } } } } } ]`,
      output: null,
    },
    {
      does: 'fails as the other workflow fails, at the task that ran it',
      body: `do: [ { r: { run: { workflow: { namespace: test, name: leaf, version: '1.0.0', input: { n: text } } } } } ]`,
      error: { type: `${ERRORS}validation`, status: 400, instance: '/do/0/r' },
    },
    {
      does: 'fails for a workflow that is not there',
      body: `do: [ { r: { run: { workflow: { namespace: test, name: none, version: '1.0.0' } } } } ]`,
      error: { type: `${ERRORS}configuration`, instance: '/do/0/r' },
    },
    {
      does: 'gives a script its environment, and returns all that it left',
      body: `do:
- r:
    run:
      script:
        language: js
        code: console.log(process.env.GREETING, n); console.error("careful")
        arguments: { n: '\${ .n }' }
        environment: { GREETING: '\${ "hello " + .who }' }
      return: all`,
      input: { n: 1, who: 'Ada' },
      output: { code: 0, stdout: 'hello Ada 1\n', stderr: 'careful\n' },
    },
    ...(
      [
        ['stdout', 'out'],
        ['stderr', 'err'],
        ['code', 0],
        ['none', null],
      ] as const
    ).map(([mode, output]) => ({
      does: `returns ${mode} of a script`,
      body: `do: [ { r: { run: { script: { language: javascript, code: 'console.log("out"); console.error("err"); return 5' }, return: ${mode} } } } ]`,
      output,
    })),
    {
      does: 'gives its input when nobody waits for the script',
      body: `do: [ { r: { run: { await: false, script: { language: js, code: return 5 } } } } ]`,
      input: { a: 1 },
      output: { a: 1 },
    },
  ],
  emit: [
    {
      does: 'keeps every attribute that it is given',
      body: `do:
- e:
    emit:
      event:
        with:
          id: \${ .id }
          source: https://example.com/shop
          type: shop.sold
          time: '2026-01-01T00:00:00Z'
          subject: \${ "order " + .id }
          datacontenttype: text/plain
          dataschema: https://example.com/schema
          tracestate: mine
          data: \${ .id + "!" }
    output: { as: 'del(.specversion, .patchbaydepth, .patchbayroot)' }`,
      input: { id: 'o1' },
      output: {
        id: 'o1',
        source: 'https://example.com/shop',
        type: 'shop.sold',
        time: '2026-01-01T00:00:00Z',
        subject: 'order o1',
        datacontenttype: 'text/plain',
        dataschema: 'https://example.com/schema',
        tracestate: 'mine',
        data: 'o1!',
      },
    },
    {
      does: 'needs a type',
      body: `do: [ { e: { emit: { event: { with: { source: 'test://x', type: '\${ .none }' } } } } } ]`,
      error: { type: `${ERRORS}validation`, instance: '/do/0/e' },
    },
  ],
  'use.functions': [
    {
      does: 'gives a function its arguments over the input, and takes its own shaping',
      body: `use:
  functions:
    add: { input: { schema: { document: { required: [a, b] } } }, set: { sum: '\${ .a + .b }' }, output: { as: .sum } }
do:
- one: { call: add, with: { b: '\${ .b * 2 }' }, output: { as: '{ a: ., b: 1 }' } }
- two: { call: add, then: end }`,
      input: { a: 1, b: 2 },
      output: 6,
    },
    {
      does: 'fails as the function fails',
      body: `use: { functions: { bad: { ${raise(500)} } } }
do: [ { one: { try: [ { f: { call: bad } } ], catch: { errors: { with: { status: 500 } }, do: [ { c: { set: { caught: true } } } ] } } } ]`,
      output: { caught: true },
    },
  ],
  extensions: [
    {
      does: 'take the place of a task with exit in `before`',
      body: `use:
  extensions:
  - mock:
      extend: call
      when: $task.definition.call == "http"
      before: [ { answer: { set: { mocked: '\${ $task.name }' }, then: exit } } ]
do: [ { get: { call: http, with: { method: get, endpoint: 'http://127.0.0.1:9/nothing' }, output: { as: .mocked } } } ]`,
      output: 'get',
    },
    {
      does: 'see the output of the task in `after`',
      body: `use:
  extensions:
  - watch: { extend: set, after: [ { keep: { set: { x: 1 }, export: { as: $task.output } } } ] }
do: [ { a: { set: { n: 7 } } } ]
output: { as: $context }`,
      output: { n: 7 },
    },
  ],
  secrets: [
    {
      does: 'are there by their names, and one that is not is an authorization error',
      body: `use: { secrets: [here, missing] }
do:
- a: { set: { found: '\${ $secrets.here.key | length }' } }
- b: { set: { never: '\${ $secrets.missing.key }' } }`,
      secrets: { here: { key: 'abcd' } },
      error: { type: `${ERRORS}authorization`, status: 403, instance: '/do/1/b' },
    },
  ],
};

describe('conformance to the specification', () => {
  let bench: Bench;
  let server: Server;
  let base: string;
  const requests: (IncomingMessage & { body: string })[] = [];

  before(async () => {
    bench = await startBench();
    await bench.publish(
      'leaf',
      `input: { schema: { document: { properties: { n: { type: number } } } } }
do: [ { a: { set: { n: '\${ .n + 1 }' } } } ]`,
    );
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString();
        requests.push(Object.assign(request, { body }));
        const [status, value, headers = {}] = answer(request, body);
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(typeof value === 'string' ? value : JSON.stringify(value));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await bench.app.stop();
    server.close();
  });

  type Given = [status: number, value: unknown, headers?: Record<string, string>];
  function answer(request: IncomingMessage, body: string): Given {
    const { url = '', method, headers } = request;
    const { pathname, search } = new URL(url, base);
    if (pathname === '/moved') return [302, '', { location: `${base}/echo` }];
    if (pathname === '/text') return [200, 'plain', { 'content-type': 'text/plain' }];
    if (pathname.endsWith('/.well-known/openid-configuration')) return [200, { token_endpoint: `${base}/token` }];
    if (pathname === '/token') return [200, { access_token: TOKEN, expires_in: 1 }];
    if (pathname === '/openapi.json' && headers.authorization !== 'Bearer reader') return [401, {}];
    if (pathname === '/openapi.json') return [200, OPENAPI];
    const { authorization, cookie } = headers;
    return [200, { method, path: pathname, search, body, authorization, cookie, kept: headers['x-kept'] }];
  }

  let counter = 0;
  const outcome = async ({ body, input = {}, secrets }: Omit<Scenario, 'does'>) => {
    const name = `scenario${++counter}`;
    await bench.publish(name, body);
    return bench.run(name, input, secrets ? { secrets } : {});
  };
  const output = async (body: string, input: unknown = {}) => {
    const { status, output: result, error } = await outcome({ body, input });
    assert.equal(status, 'completed', JSON.stringify(error));
    return result;
  };

  for (const [subject, scenarios] of Object.entries(SCENARIOS)) {
    describe(subject, () => {
      for (const scenario of scenarios) {
        it(scenario.does, async () => {
          const found = await outcome(scenario);
          if (!scenario.error) {
            assert.equal(found.status, 'completed', JSON.stringify(found.error));
            assert.deepEqual(found.output, scenario.output);
            return;
          }
          assert.equal(found.status, 'faulted', JSON.stringify(found.output));
          for (const [name, value] of Object.entries(scenario.error)) assert.deepEqual(found.error[name], value, name);
        });
      }
    });
  }

  const OPENAPI = {
    openapi: '3.0.0',
    paths: {
      '/pets/{id}': {
        parameters: [{ name: 'id', in: 'path', required: true }],
        post: {
          operationId: 'update',
          parameters: [
            { name: 'tags', in: 'query' },
            { name: 'X-Kept', in: 'header' },
            { name: 'session', in: 'cookie' },
            { name: 'theme', in: 'cookie' },
          ],
          requestBody: {},
        },
      },
    },
  };
  const TOKEN = `x.${Buffer.from('{"iss":"https://issuer.example"}').toString('base64url')}.y`;
  const http = (more: string) => `do: [ { c: { call: http, with: { method: get, ${more} } } } ]`;

  it('run: shell gives its arguments as they are, its environment, and what is asked of its result', async () => {
    const shell = await startBench({ plugins: { workflows: { shell: true } } as any });
    try {
      const command = 'printf "%s: " "$WHO"; echo careful >&2; printf "%s|"';
      const run = async (more: string) => {
        const name = `shell${++counter}`;
        const given = `arguments: { '-n': '\${ .a }', plain: '' }, environment: { WHO: '\${ .who }' }`;
        const body = `do: [ { s: { run: { shell: { command: '${command}', ${given} }${more} } } } ]`;
        await shell.publish(name, body);
        return shell.run(name, { a: '$(id) x', who: 'Ada' });
      };
      assert.equal((await run('')).output, 'Ada: -n|$(id) x|plain|');
      assert.equal((await run(', return: stderr')).output, 'careful');
      assert.equal((await run(', return: code')).output, 0);
      const all = { code: 0, stdout: 'Ada: -n|$(id) x|plain|', stderr: 'careful\n' };
      assert.deepEqual((await run(', return: all')).output, all);
      assert.equal((await run(', return: none')).output, null);
      await shell.publish('fails', 'do: [ { s: { run: { shell: { command: exit 3 } } } } ]');
      const { error } = await shell.run('fails');
      assert.deepEqual([error.type, error.instance], [`${ERRORS}runtime`, '/do/0/s']);
    } finally {
      await shell.app.stop();
    }
  });

  it('run: container tells docker all that it says', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'docker-'));
    const path = process.env.PATH;
    await writeFile(join(folder, 'docker'), '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
    const shell = await startBench({ plugins: { workflows: { shell: true } } as any });
    try {
      process.env.PATH = `${folder}:${path}`;
      const run = async (more: string) => {
        const name = `container${++counter}`;
        await shell.publish(name, `do: [ { c: { run: { container: { image: alpine, ${more} } } } } ]`);
        return (await shell.run(name, { n: 1 })).output;
      };
      assert.equal(
        await run(
          `name: '\${ "box-\\(.n)" }', ports: { '8080': 80 }, volumes: { /a: /b }, environment: { N: '\${ .n }' }, command: echo hi`,
        ),
        'run --rm --name box-1 --publish 8080:80 --volume /a:/b --env N=1 alpine sh -c echo hi',
      );
      assert.match(await run('lifetime: { cleanup: never }'), /^run --name patchbay-[\da-f-]{36} alpine$/);
    } finally {
      process.env.PATH = path;
      await shell.app.stop();
      await rm(folder, { recursive: true });
    }
  });

  describe('retries', () => {
    /** Milliseconds before each further try, until it gives up. */
    const delays = async (policy: string): Promise<number[]> => {
      const name = `retries${++counter}`;
      const tries = `try: [ { b: { ${raise(500)} } } ]`;
      await bench.publish(
        name,
        `do: [ { t: { ${tries}, catch: { retry: ${policy}, do: [ { c: { set: { gaveUp: true } } } ] } } } ]`,
      );
      const id = await bench.start(name);
      const found: number[] = [];
      for (;;) {
        const seen = found.length;
        const tried = ({ tasks }: any) => tasks.filter((task: any) => task.reference.endsWith('/b')).length > seen;
        const { status, output: result } = await bench.until(
          id,
          (one) => one.ended_at !== null || (one.status === 'waiting' && tried(one)),
        );
        if (status !== 'waiting') {
          assert.deepEqual(result, { gaveUp: true });
          return found;
        }
        const wait = await bench.app.services.db.read('workflows_waits').where({ execution_id: id }).first();
        const delay = Number(wait?.wake_at) - bench.app.clock.now();
        found.push(delay);
        await bench.app.clock.advance(delay);
      }
    };
    for (const [policy, expected] of [
      ['{ delay: PT10S, limit: { attempt: { count: 2 } } }', [10, 10]],
      ['{ delay: PT10S, backoff: { constant: {} }, limit: { attempt: { count: 2 } } }', [10, 10]],
      ['{ delay: PT10S, backoff: { linear: {} }, limit: { attempt: { count: 3 } } }', [10, 20, 30]],
      ['{ delay: PT10S, backoff: { linear: { increment: PT5S } }, limit: { attempt: { count: 3 } } }', [10, 15, 20]],
      ['{ delay: PT10S, backoff: { exponential: {} }, limit: { attempt: { count: 3 } } }', [10, 20, 40]],
      ['{ delay: PT10S, limit: { duration: PT25S } }', [10, 10]],
      ['{ delay: PT10S, jitter: { from: PT2S, to: PT2S }, limit: { attempt: { count: 1 } } }', [12]],
    ] as const) {
      it(`wait as they should: ${policy}`, async () => {
        assert.deepEqual(
          await delays(policy),
          expected.map((seconds) => seconds * 1000),
        );
      });
    }

    it('end each try that takes longer than its limit, also one that waits outside of memory', async () => {
      await bench.publish(
        'slow-tries',
        `do:
- t:
    try: [ { w: { wait: PT1H } } ]
    catch:
      retry: { limit: { attempt: { count: 1, duration: PT1M } } }
      do: [ { c: { set: { type: '\${ $error.type }', at: '\${ $error.instance }' } } } ]`,
      );
      const id = await bench.start('slow-tries');
      const waits = (count: number) => (one: any) =>
        one.status === 'waiting' && one.tasks.filter((task: any) => task.reference.endsWith('/w')).length === count;
      for (const count of [1, 2]) {
        await bench.until(id, waits(count));
        assert.equal(bench.app.services.workflowEngine.loaded(), 0);
        await bench.app.clock.advance(60_000);
      }
      const end = await bench.until(id, ({ ended_at }) => ended_at !== null);
      assert.deepEqual(end.output, { type: `${ERRORS}timeout`, at: '/do/0/t' });
    });
  });

  describe('call: http', () => {
    it('fills the address from the input: what is missing is empty in a query, what came from an expression stays', async () => {
      const filled = await output(http(`endpoint: '${base}/p/{a}/{b.c}?q={none}'`), { a: 'x y', 'b.c': 1 });
      assert.deepEqual([filled.path, filled.search], ['/p/x%20y/1', '?q=']);
      const made = await output(http(`endpoint: '\${ "${base}/q?f=" + .f }'`), { f: '{a}', a: 1 });
      assert.equal(decodeURIComponent(made.search), '?f={a}');
      const { error } = await outcome({ body: http(`endpoint: '${base}/{a}'`), input: { a: {} } });
      assert.deepEqual([error.type, error.instance], [`${ERRORS}expression`, '/do/0/c']);
    });

    it('sends query, headers and body, each also as one expression', async () => {
      const body = `do:
- c:
    call: http
    with: { method: post, endpoint: '${base}/echo', query: '\${ .query }', headers: '\${ .headers }', body: '\${ .body }' }`;
      const sent = await output(body, { query: { a: [1, 2] }, headers: { 'X-Kept': 'k' }, body: { n: 1 } });
      assert.deepEqual([sent.search, sent.kept, sent.body], ['?a=1&a=2', 'k', '{"n":1}']);
    });

    it('gives content, the response, or its raw bytes', async () => {
      assert.equal(await output(http(`endpoint: '${base}/text'`)), 'plain');
      assert.equal(
        await output(http(`endpoint: '${base}/text', output: raw`)),
        Buffer.from('plain').toString('base64'),
      );
      const response = await output(http(`endpoint: { uri: '${base}/text' }, headers: { a: b }, output: response`));
      assert.deepEqual([response.statusCode, response.content], [200, 'plain']);
      assert.deepEqual(response.request, { method: 'GET', uri: `${base}/text`, headers: { a: 'b' } });
    });

    it('follows redirects only when it is told to', async () => {
      assert.equal((await output(http(`endpoint: '${base}/moved', redirect: true`))).path, '/echo');
      const { error } = await outcome({ body: http(`endpoint: '${base}/moved'`) });
      assert.deepEqual([error.type, error.status], [`${ERRORS}communication`, 302]);
    });

    it('is a communication error when nobody answers', async () => {
      const { error } = await outcome({ body: http(`endpoint: 'http://127.0.0.1:9/'`) });
      assert.deepEqual([error.type, error.status, error.instance], [`${ERRORS}communication`, 500, '/do/0/c']);
    });
  });

  describe('authentications', () => {
    const client = 'client: { id: shop, secret: hidden';
    const token = `{ authority: '${'${BASE}'}', grant: client_credentials, endpoints: { token: /token }, `;
    for (const [policy, header] of [
      ["basic: { username: '${ .user }', password: p }", `Basic ${Buffer.from('ada:p').toString('base64')}`],
      ["bearer: { token: '${ .user }' }", 'Bearer ada'],
      [`oauth2: ${token}${client} }, issuers: ['https://issuer.example'] }`, `Bearer ${TOKEN}`],
      [
        `oidc: { authority: '${'${BASE}'}/.well-known/openid-configuration', grant: client_credentials, ${client} } }`,
        `Bearer ${TOKEN}`,
      ],
    ] as const) {
      it(`${policy.split(':')[0]} is sent with the call`, async () => {
        const given = policy.replaceAll('${BASE}', base);
        const body = http(`endpoint: { uri: '${base}/echo', authentication: { ${given} } }`);
        assert.equal((await output(body, { user: 'ada' })).authorization, header);
      });
    }

    const tokenRequest = async (settings: string) => {
      const oauth2 = `{ authority: '${base}', endpoints: { token: /token }, ${settings} }`;
      await outcome({ body: http(`endpoint: { uri: '${base}/echo', authentication: { oauth2: ${oauth2} } }`) });
      const request = requests.findLast(({ url }) => url === '/token')!;
      return {
        form: Object.fromEntries(new URLSearchParams(request.body)),
        body: request.body,
        authorization: request.headers.authorization,
      };
    };

    it('clients say who they are in each way that there is', async () => {
      const of = (how: string) =>
        tokenRequest(
          `grant: client_credentials, client: { id: ${how}, secret: s, assertion: signed, authentication: ${how} }`,
        );
      const basic = await of('client_secret_basic');
      assert.equal(basic.authorization, `Basic ${Buffer.from('client_secret_basic:s').toString('base64')}`);
      assert.equal((await of('client_secret_post')).form.client_secret, 's');
      assert.equal((await of('private_key_jwt')).form.client_assertion, 'signed');
      const [, claims = ''] = (await of('client_secret_jwt')).form.client_assertion!.split('.');
      assert.equal(JSON.parse(Buffer.from(claims, 'base64url').toString()).aud, `${base}/token`);
      const { form } = await of('none');
      assert.deepEqual([form.client_id, form.client_secret], ['none', undefined]);
    });

    it('a token is exchanged for another', async () => {
      const grant = 'urn:ietf:params:oauth:grant-type:token-exchange';
      const { form } = await tokenRequest(
        `grant: '${grant}', client: { id: x }, subject: { token: theirs, type: 'urn:t' }, actor: { token: mine, type: 'urn:t' }`,
      );
      assert.deepEqual([form.grant_type, form.subject_token, form.actor_token], [grant, 'theirs', 'mine']);
    });

    it('a token is asked for certain audiences, as a form or as JSON', async () => {
      const asked = 'grant: client_credentials, client: { id: a }, audiences: [one, two]';
      assert.equal((await tokenRequest(asked)).form.audience, 'one two');
      const { body } = await tokenRequest(`${asked}, scopes: [x], request: { encoding: application/json }`);
      assert.deepEqual(JSON.parse(body), {
        grant_type: 'client_credentials',
        scope: 'x',
        audience: 'one two',
        client_id: 'a',
      });
    });

    it('a token of somebody else is not taken', async () => {
      const oauth2 = `{ authority: '${base}', endpoints: { token: /token }, grant: client_credentials, client: { id: i }, issuers: ['https://other.example'] }`;
      const { error } = await outcome({
        body: http(`endpoint: { uri: '${base}/echo', authentication: { oauth2: ${oauth2} } }`),
      });
      assert.deepEqual([error.type, error.status], [`${ERRORS}authentication`, 401]);
    });
  });

  it('call: openapi reads a guarded document and puts each parameter where it belongs', async () => {
    const body = `do:
- c:
    call: openapi
    with:
      document: { endpoint: { uri: '${base}/openapi.json', authentication: { bearer: { token: reader } } } }
      operationId: update
      parameters: { id: '\${ .id }', tags: [a, b], X-Kept: k, session: s1, theme: dark, name: Milou }
      authentication: { bearer: { token: writer } }`;
    const sent = await output(body, { id: 7 });
    assert.deepEqual(sent, {
      method: 'POST',
      path: '/pets/7',
      search: '?tags=a&tags=b',
      body: '{"name":"Milou"}',
      authorization: 'Bearer writer',
      cookie: 'session=s1; theme=dark',
      kept: 'k',
    });
    const { error } = await outcome({ body: body.replace('reader', 'stranger'), input: { id: 7 } });
    assert.deepEqual([error.type, error.status], [`${ERRORS}communication`, 401]);
  });

  describe('listen', () => {
    const publishEvent = async (type: string, data: unknown, more: object = {}) => {
      const { db, events, jobs } = bench.app.services;
      const event = {
        specversion: '1.0' as const,
        id: crypto.randomUUID(),
        source: 'test://outside',
        type,
        data,
        ...more,
        time: new Date(bench.app.clock.now()).toISOString(),
        datacontenttype: 'application/json' as const,
      };
      await db.transaction((trx) => events.publish(trx, event));
      await jobs.idle();
    };
    const heard = async (body: string, events: [string, unknown, object?][], input: unknown = {}) => {
      const name = `listen${++counter}`;
      await bench.publish(name, body);
      const id = await bench.start(name, input);
      await bench.until(id, ({ status }) => status === 'waiting');
      for (const event of events) await publishEvent(...event);
      return (await bench.until(id, ({ ended_at }) => ended_at !== null)).output;
    };

    it('compares with the input and the context of the execution, and with regular expressions', async () => {
      const body = `do:
- c: { set: { id: '\${ .id }' }, export: { as: '{ limit: 5 }' } }
- l:
    listen:
      to: { one: { with: { type: 'c1\\.(one|two)', subject: '\${ . == $input.id }', data: '\${ .n > $context.limit }' } } }`;
      const found = await heard(
        body,
        [
          ['c1.one', { n: 9 }, { subject: 'other' }],
          ['c1.two', { n: 2 }, { subject: 'mine' }],
          ['c1.three', { n: 9 }, { subject: 'mine' }],
          ['c1.two', { n: 7 }, { subject: 'mine' }],
        ],
        { id: 'mine' },
      );
      assert.deepEqual(found, [{ n: 7 }]);
    });

    it('keeps what it compares with encrypted when there is a secret in it', async () => {
      await bench.publish(
        'guarded',
        `use: { secrets: [key] }
do: [ { l: { input: { from: '{ key: $secrets.key }' }, listen: { to: { one: { with: { type: c8.x, data: '\${ .key == $input.key }' } } } } } } ]`,
      );
      const answer = await bench.admin.post('/api/platform/workflows/test/guarded/executions', {
        secrets: { key: 'a hidden key' },
      });
      const { id } = answer.body;
      await bench.until(id, ({ status }) => status === 'waiting');
      const wait = await bench.app.services.db.read('workflows_waits').where({ execution_id: id }).first();
      assert.ok(wait && !wait.detail.includes('a hidden'));
      await publishEvent('c8.x', { key: 'another' });
      assert.equal((await bench.look(id)).status, 'waiting');
      const seen: unknown[] = [];
      const stop = bench.app.services.events.listen(({ type, data }) => void (/^io\./.test(type) && seen.push(data)));
      await publishEvent('c8.x', { key: 'a hidden key' });
      await bench.until(id, ({ status }) => status === 'completed');
      stop();
      assert.match(JSON.stringify(seen), /••••/);
      assert.doesNotMatch(JSON.stringify(seen), /hidden/);
    });

    it('correlates with a constant as with an expression', async () => {
      const filter = (expect: string) => `do:
- l: { listen: { to: { one: { with: { type: c2.x }, correlate: { room: { from: .data.room, expect: ${expect} } } } } } }`;
      for (const expect of ['kitchen', '.room', "'${ $input.room }'"]) {
        const events: [string, unknown][] = [
          ['c2.x', { room: 'hall' }],
          ['c2.x', { room: 'kitchen' }],
        ];
        assert.deepEqual(await heard(filter(expect), events, { room: 'kitchen' }), [{ room: 'kitchen' }], expect);
      }
    });

    it('reads data, envelope or raw', async () => {
      const body = (read: string) =>
        `do: [ { l: { listen: { to: { one: { with: { type: c3.${read} } } }, read: ${read} } } } ]`;
      assert.deepEqual(await heard(body('data'), [['c3.data', { n: 1 }]]), [{ n: 1 }]);
      assert.deepEqual(await heard(body('raw'), [['c3.raw', { n: 1 }]]), ['{"n":1}']);
      const [envelope] = await heard(body('envelope'), [['c3.envelope', { n: 1 }]]);
      assert.deepEqual([envelope.type, envelope.data], ['c3.envelope', { n: 1 }]);
    });

    it('listens until what its rounds have exported is enough', async () => {
      const body = `do:
- l:
    listen: { to: { any: [ { with: { type: c4.x } } ], until: '($context.sum // 0) >= 5' } }
    foreach:
      do: [ { a: { set: { n: '\${ $item.n }' } } } ]
      output: { as: .n }
      export: { as: '{ sum: (($context.sum // 0) + .n) }' }
output: { as: '{ each: ., sum: $context.sum }' }`;
      const events: [string, unknown][] = [2, 2, 2].map((n) => ['c4.x', { n }]);
      assert.deepEqual(await heard(body, events), { each: [2, 2, 2], sum: 6 });
    });

    it('ends the workflow from a round', async () => {
      const body = `do:
- l:
    listen: { to: { any: [ { with: { type: c5.x } } ], until: 'false' } }
    foreach: { do: [ { a: { set: { n: '\${ $item.n }' }, then: end } } ] }
- never: { set: { wrong: true } }`;
      assert.deepEqual(await heard(body, [['c5.x', { n: 1 }]]), [{ n: 1 }]);
    });

    it('hears every event with an empty any, but not what is told of executions', async () => {
      const body = 'do: [ { l: { listen: { to: { any: [] } } } } ]';
      assert.deepEqual(await heard(body, [['c6.x', { n: 1 }]]), [{ n: 1 }]);
    });
  });

  describe('lifecycle events', () => {
    const NAME = /^io\.serverlessworkflow\.(workflow|task)\.([a-z-]+)\.v1$/;
    const told = async (work: () => Promise<string>) => {
      const seen: any[] = [];
      const stop = bench.app.services.events.listen((event) => void (NAME.test(event.type) && seen.push(event)));
      const id = await work();
      stop();
      const own = seen.filter(({ subject }) => subject === id);
      const [events, changes] = [
        own.filter(({ type }) => !/changed/.test(type)),
        own.filter(({ type }) => /changed/.test(type)),
      ];
      const short = ({ type, data }: any) => [type.replace(NAME, '$1.$2'), data.task].filter(Boolean).join(' ');
      return {
        id,
        own,
        names: events.map(short),
        changes: changes.map(({ data }) => [data.task ?? '', data.status].join(' ')),
      };
    };
    const whole = async (name: string) => {
      const id = await bench.start(name);
      await bench.until(id, ({ ended_at }) => ended_at !== null);
      return id;
    };

    it('tell of the beginning and the end, with the data of the specification', async () => {
      await bench.publish('life', 'do: [ { a: { set: { x: 1 } } }, { b: { if: "false", set: { x: 2 } } } ]');
      const { id, own, names, changes } = await told(() => whole('life'));
      assert.deepEqual(names, [
        'workflow.started',
        ...['created', 'started', 'completed'].map((what) => `task.${what} /do/0/a`),
        ...['created', 'completed'].map((what) => `task.${what} /do/1/b`),
        'workflow.completed',
      ]);
      assert.deepEqual(changes, [
        ' running',
        '/do/0/a pending',
        '/do/0/a running',
        '/do/0/a completed',
        '/do/1/b pending',
        '/do/1/b completed',
        ' completed',
      ]);
      const dataOf = (type: string) => own.find((event) => event.type === `io.serverlessworkflow.${type}.v1`).data;
      const name = `life-${id}.test`;
      const { startedAt, ...started } = dataOf('workflow.started');
      assert.deepEqual(started, { name, definition: { name: 'life', namespace: 'test', version: '1.0.0' } });
      assert.ok(Date.parse(startedAt) > 0);
      const { completedAt, ...completed } = dataOf('task.completed');
      assert.deepEqual(completed, { workflow: name, task: '/do/0/a', output: { x: 1 } });
      assert.ok(Date.parse(completedAt) > 0);
      assert.deepEqual(dataOf('workflow.completed').output, { x: 1 });
    });

    it('tell of errors and of what is tried again', async () => {
      await bench.publish(
        'failing',
        `do: [ { t: { try: [ { b: { ${raise(500)} } } ], catch: { retry: { limit: { attempt: { count: 1 } } }, do: [ { c: { ${raise(502)} } } ] } } } ]`,
      );
      const { own, names } = await told(() => whole('failing'));
      assert.deepEqual(
        names.filter((name) => /faulted|retried/.test(name)),
        [
          'task.faulted /do/0/t/try/0/b',
          'task.retried /do/0/t',
          'task.faulted /do/0/t/try/0/b',
          'task.faulted /do/0/t/catch/do/0/c',
          'task.faulted /do/0/t',
          'workflow.faulted',
        ],
      );
      assert.equal(own.at(-2).data.error.status, 502);
    });

    it('tell once that it began, and of suspending, resuming and cancelling while it waits', async () => {
      await bench.publish('steered', 'do: [ { g: { do: [ { w: { wait: PT1H } } ] } } ]');
      const { names } = await told(async () => {
        const id = await bench.start('steered');
        await bench.until(id, ({ status }) => status === 'waiting');
        const step = async (what: string, status: string) => {
          await bench.admin.post(`/api/platform/executions/${id}/${what}`);
          await bench.until(id, (execution) => execution.status === status);
        };
        await step('suspend', 'suspended');
        await step('resume', 'waiting');
        await step('cancel', 'cancelled');
        return id;
      });
      const both = (what: string) => [`workflow.${what}`, `task.${what} /do/0/g`, `task.${what} /do/0/g/do/0/w`];
      assert.deepEqual(names.slice(0, 5), [
        'workflow.started',
        ...['/do/0/g', '/do/0/g/do/0/w'].flatMap((task) => [`task.created ${task}`, `task.started ${task}`]),
      ]);
      assert.deepEqual(names.slice(5), [...both('suspended'), ...both('resumed'), ...both('cancelled')]);
    });

    it('tell of correlations, with their keys', async () => {
      await bench.publish(
        'pairing',
        'do: [ { l: { listen: { to: { one: { with: { type: c7.x }, correlate: { order: { from: .data.order } } } } } } } ]',
      );
      const { own, names } = await told(async () => {
        const id = await bench.start('pairing');
        await bench.until(id, ({ status }) => status === 'waiting');
        await bench.admin.post('/api/platform/events', { source: 'test://x', type: 'c7.x', data: { order: 4 } });
        await bench.until(id, ({ ended_at }) => ended_at !== null);
        return id;
      });
      assert.deepEqual(
        names.filter((name) => /correlation/.test(name)),
        ['workflow.correlation-started', 'workflow.correlation-completed'],
      );
      assert.deepEqual(own.find(({ type }) => /correlation-completed/.test(type)).data.correlationKeys, { order: 4 });
    });
  });

  describe('mistakes are told by line and column', () => {
    const task = (more: string) => `do:\n- a:\n    set: { x: 1 }\n    ${more}`;
    const tryWith = (rule: string) => `do:\n- a:\n    try: [ { b: { set: { x: 1 } } } ]\n    catch:\n      ${rule}`;
    const call = (more: string) => `do:\n- a:\n    call: http\n    with:\n      method: get\n      ${more}`;
    for (const [what, body, line, column, message] of [
      ['a kind of task with a typo', 'do:\n- a:\n    sett: { x: 1 }', 3, 5, /no kind of task 'sett'.*'set'/],
      ['a call without an endpoint', call('headers: {}'), 4, 5, /'endpoint' is missing/],
      ['a call of nothing', 'do:\n- a:\n    call:', 3, 5, /needs the name/],
      ['a property with a typo', task('thn: end'), 4, 5, /'thn' is not known/],
      ['a key of the workflow with a typo', `tiemout: PT1M\n${task('then: end')}`, 1, 1, /'tiemout'.*'timeout'/],
      ['a duration', 'do:\n- a:\n    wait: 5 minutes', 3, 5, /not a duration; write PT5M/],
      ['a duration of other units', task('timeout: { after: { minute: 5 } }'), 4, 16, /not a duration/],
      ['a duration in a policy', tryWith('retry: { delay: 5s }'), 5, 16, /"5s" is not a duration/],
      ['a function that is not there', 'do:\n- a:\n    call: workflows.strat', 3, 5, /'workflows.start'/],
      ['a function of a catalog', 'do:\n- a:\n    call: log:1.0.0@global', 3, 5, /catalogs are not supported/],
      ['a task to go to that is not there', `${task('then: bb')}\n- bbb: { set: { x: 1 } }`, 4, 5, /no task 'bb'/],
      ['an expression', 'do:\n- a:\n    set:\n      x: ${ .a | }', 4, 7, /syntax error/],
      ['a variable that is not there', task('if: $nope'), 4, 5, /\$nope is not defined/],
      ['an expression inside a text', 'do:\n- a:\n    set:\n      x: Hello ${ .name }', 4, 7, /whole text/],
      ['two tasks of one name', 'do:\n- a: { set: { x: 1 } }\n- a: { set: { x: 1 } }', 3, 3, /two tasks named 'a'/],
      ['what is not indented', 'do:\n- a:\n  set: { x: 1 }', 2, 3, /indent what belongs to 'a' further/],
      ['columns that do not fit', 'do:\n- a:\n    set:\n      x: 1\n     y: 2', 5, 1, /same column/],
      ['tasks that are no list', 'do:\n  a:\n    set: { x: 1 }', 1, 1, /must be a list of tasks/],
      ['a number instead of a text', task('if: 5'), 4, 5, /must be a text/],
      ['a policy of retries', tryWith('retry: nope'), 5, 7, /no 'nope' in use.retries/],
      ['a time-out of the workflow', `timeout: nope\n${task('then: end')}`, 1, 1, /no 'nope' in use.timeouts/],
      [
        'an authentication',
        call("endpoint: { uri: 'https://x.y', authentication: { use: no } }"),
        6,
        57,
        /no 'no' in use/,
      ],
      ['a secret of an expression', task('output: { as: $secrets.nope }'), 4, 15, /no secret 'nope' in use.secrets/],
      [
        'a secret of a policy',
        `use:\n  authentications:\n    x: { basic: { use: nope } }\n${task('then: end')}`,
        3,
        19,
        /no secret 'nope'/,
      ],
      ['an error', 'do:\n- a:\n    raise: { error: nope }', 3, 14, /no 'nope' in use.errors/],
      [
        'a way from branch to branch',
        'do:\n- a:\n    fork:\n      branches:\n      - x: { set: { x: 1 }, then: y }\n      - y: { set: { x: 1 } }',
        5,
        29,
        /branch of a fork cannot go to 'y'/,
      ],
      ['two defaults', 'do:\n- a:\n    switch:\n    - x: { then: end }\n    - y: { then: end }', 5, 7, /Only one case/],
      ['a language of expressions', `evaluate: { language: js }\n${task('then: end')}`, 1, 13, /jq, not 'js'/],
      [
        'a schema',
        `input:\n  schema:\n    document: { type: objekt }\n${task('then: end')}`,
        3,
        5,
        /not a valid JSON Schema/,
      ],
      [
        'client certificates',
        `use:\n  secrets: [c]\n  authentications:\n    x: { certificate: { use: c } }\n${task('then: end')}`,
        4,
        10,
        /certificates are not supported/,
      ],
      [
        'a secret in a filter',
        'use: { secrets: [s] }\ndo:\n- a:\n    listen:\n      to: { one: { with: { type: "${ . == $secrets.s }" } } }',
        5,
        7,
        /\$secrets is not available/,
      ],
      [
        'the input before there is one',
        `schedule: { on: { one: { with: { data: '\${ . == $input }' } } } }\n${task('then: end')}`,
        1,
        13,
        /\$input is not available/,
      ],
    ] as const) {
      it(what, async () => {
        const definition = definitionOf('wrong', body);
        const { body: found } = await bench.admin.post('/api/platform/workflows/validate', { definition });
        assert.ok(found.errors.length > 0, JSON.stringify(found));
        const [first] = found.errors;
        const HEAD_LINES = 5;
        assert.deepEqual([first.line - HEAD_LINES, first.column], [line, column], first.message);
        assert.match(first.message, message);
      });
    }
  });
});
