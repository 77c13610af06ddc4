/** Nothing that was accepted is lost: restarts, steering, limits, secrets, versions. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ROOT_TOKEN, register } from '#test/support/accounts.ts';
import { freshDatabase, testDatabase } from '#test/support/harness.ts';
import { type Bench, benchOf, definitionOf, startBench } from './support.ts';

describe('executions', () => {
  let bench: Bench;
  let outside: Server;
  let url: string;
  /** What the world outside was asked. */
  let calls: { path: string; key: string; body: string; authorization: string }[];
  let answer: (path: string) => {
    status: number;
    body?: unknown;
    wait?: Promise<unknown>;
    headers?: Record<string, string>;
  };
  before(async () => {
    outside = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const path = request.url ?? '';
      const { headers } = request;
      calls.push({
        path,
        body,
        key: String(headers['idempotency-key'] ?? ''),
        authorization: headers.authorization ?? '',
      });
      const { status, body: reply, wait, headers: more = {} } = answer(path);
      await wait;
      response.writeHead(status, { 'content-type': 'application/json', ...more }).end(JSON.stringify(reply ?? {}));
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
    bench = await startBench();
  });
  after(async () => {
    await bench.app.stop();
    outside.close();
  });
  beforeEach(() => {
    calls = [];
    answer = () => ({ status: 200, body: { ok: true } });
  });
  afterEach(() => bench.clear());

  const restart = async () => {
    bench = benchOf(await bench.app.restart());
  };

  it('go on after a restart where they were, and repeat no task that was done', async () => {
    const held = Promise.withResolvers<void>();
    answer = (path) => ({ status: 200, body: { from: path }, ...(path === '/slow' && { wait: held.promise }) });
    await bench.publish(
      'long',
      `do:
- first: { call: http, with: { method: post, endpoint: '${url}/first', body: { n: 1 } } }
- loop:
    for: { in: '[1, 2, 3]', each: n }
    do: [ { step: { call: http, with: { method: post, endpoint: '${url}/step', body: { n: '\${ $n }' } } } } ]
- slow: { call: http, with: { method: post, endpoint: '${url}/slow' } }
- done: { set: { finished: true } }`,
    );
    const id = await bench.start('long');
    while (!calls.some(({ path }) => path === '/slow')) await new Promise((resolve) => setTimeout(resolve, 5));
    await restart();
    held.resolve();
    const end = await bench.until(id, ({ status }) => status === 'completed');
    assert.deepEqual(end.output, { finished: true });
    const count = (path: string) => calls.filter((call) => call.path === path).length;
    assert.deepEqual([count('/first'), count('/step'), count('/slow')], [1, 3, 2]);
    const slow = calls.filter(({ path }) => path === '/slow');
    assert.equal(slow[0]!.key, slow[1]!.key);
    assert.equal(new Set(calls.map(({ key }) => key)).size, 5);
  });

  it('that wait go on after a restart', async () => {
    await bench.publish('w', 'do: [ { w: { wait: { hours: 1 } } }, { d: { set: { done: true } } } ]');
    await bench.publish(
      'f',
      `do:
- f:
    fork:
      branches:
      - a: { do: [ { w: { wait: { hours: 1 } } }, { d: { set: { a: 1 } } } ] }
      - b: { do: [ { w: { wait: { hours: 2 } } }, { d: { set: { b: 2 } } } ] }`,
    );
    const [id, fork] = [await bench.start('w'), await bench.start('f')];
    for (const one of [id, fork]) await bench.until(one, ({ status }) => status === 'waiting');
    await restart();
    await bench.app.clock.advance(3_601_000);
    assert.deepEqual((await bench.until(id, ({ status }) => status === 'completed')).output, { done: true });
    await bench.until(fork, ({ tasks }) =>
      tasks.some((task: any) => task.reference.endsWith('/a') && task.status === 'completed'),
    );
    await restart();
    await bench.app.clock.advance(3_601_000);
    assert.deepEqual((await bench.until(fork, ({ status }) => status === 'completed')).output, [{ a: 1 }, { b: 2 }]);
  });

  it('are cancelled, suspended and resumed wherever they are', async () => {
    await bench.publish('w', 'do: [ { w: { wait: { hours: 1 } } }, { d: { set: { done: true } } } ]');
    const steer = (id: string, verb: string) => bench.admin.post(`/api/platform/executions/${id}/${verb}`);
    const id = await bench.start('w');
    await bench.until(id, ({ status }) => status === 'waiting');
    assert.equal((await steer(id, 'suspend')).status, 202);
    await bench.app.clock.advance(3_700_000);
    assert.equal((await bench.look(id)).status, 'suspended');
    assert.equal((await steer(id, 'resume')).status, 202);
    await bench.until(id, ({ status }) => status === 'completed');
    assert.equal((await steer(id, 'cancel')).status, 409);

    const other = await bench.start('w');
    await bench.until(other, ({ status }) => status === 'waiting');
    assert.equal((await steer(other, 'cancel')).status, 202);
    assert.equal((await bench.look(other)).status, 'cancelled');

    const held = Promise.withResolvers<void>();
    answer = () => ({ status: 200, wait: held.promise });
    await bench.publish('c', `do: [ { c: { call: http, with: { method: get, endpoint: '${url}/hang' } } } ]`);
    const third = await bench.start('c');
    while (calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await steer(third, 'cancel');
    await bench.until(third, ({ status }) => status === 'cancelled');
    held.resolve();
    assert.equal((await steer('nobody', 'cancel')).status, 404);
  });

  it('are tried again from the task that failed, and replayed with other input', async () => {
    let isBroken = true;
    answer = (path) => ({ status: path === '/b' && isBroken ? 503 : 200, body: { path } });
    await bench.publish(
      'r',
      `do:
- a: { call: http, with: { method: post, endpoint: '${url}/a', body: '\${ . }' } }
- b: { call: http, with: { method: post, endpoint: '${url}/b' } }
- c: { set: { done: '\${ $workflow.input.n }' } }`,
    );
    const id = await bench.start('r', { n: 1 });
    const failed = await bench.until(id, ({ status }) => status === 'faulted');
    assert.deepEqual([failed.error.status, failed.error.instance], [503, '/do/1/b']);
    isBroken = false;
    await bench.admin.post(`/api/platform/executions/${id}/retry`);
    assert.deepEqual((await bench.until(id, ({ status }) => status === 'completed')).output, { done: 1 });
    assert.equal(calls.filter(({ path }) => path === '/a').length, 1);
    assert.equal(new Set(calls.filter(({ path }) => path === '/b').map(({ key }) => key)).size, 2);
    const replay = (body: object) => bench.admin.post(`/api/platform/executions/${id}/replay?wait=10`, body);
    assert.deepEqual((await replay({ input: { n: 2 } })).body.output, { done: 2 });
    const before = calls.length;
    const partial = await replay({ from: '/do/1/b' });
    assert.equal(partial.body.status, 'completed');
    assert.deepEqual(
      calls.slice(before).map(({ path }) => path),
      ['/b'],
    );
  });

  it('of a single task are for testing it', async () => {
    const task = { set: { twice: '${ .n * 2 }' } };
    const answer = await bench.admin.post('/api/platform/workflows/try-task', { task, input: { n: 4 } });
    assert.deepEqual([answer.status, answer.body.output], [200, { twice: 8 }]);
    const wrong = await bench.admin.post('/api/platform/workflows/try-task', { task: { sets: {} } });
    assert.equal(wrong.status, 422);
  });

  it('are shown live, task by task', async () => {
    await bench.publish('live', 'do: [ { a: { set: { a: 1 } } }, { w: { wait: PT1H } }, { b: { set: { b: 2 } } } ]');
    const id = await bench.start('live');
    await bench.until(id, ({ status }) => status === 'waiting');
    const headers = { authorization: `Bearer ${ROOT_TOKEN}` };
    const stream = await fetch(`${bench.app.url}/api/platform/executions/${id}/stream`, { headers });
    let text = '';
    const read = (async () => {
      for await (const chunk of stream.body!) text += Buffer.from(chunk).toString();
    })();
    while (!text.includes('/do/1/w')) await new Promise((resolve) => setTimeout(resolve, 5));
    await bench.app.clock.advance(3_601_000);
    await read;
    const events = [...text.matchAll(/^event: (.+)\ndata: (.+)$/gm)].map(([, type, data]) => ({
      type,
      ...JSON.parse(data!),
    }));
    assert.deepEqual(events.at(-1)!.output, { b: 2 });
    assert.ok(events.some(({ reference, status }) => reference === '/do/2/b' && status === 'completed'));
    const stranger = await register(bench.app);
    assert.equal((await stranger.http.get(`/api/platform/executions/${id}/stream`)).status, 404);
  });

  it('run dry with pinned outputs', async () => {
    await bench.publish(
      'd',
      `do:
- a: { call: http, with: { method: post, endpoint: '${url}/a' } }
- b: { set: { got: '\${ .value }' } }`,
    );
    const { output } = await bench.run('d', {}, { pins: { '/do/0/a': { value: 9 } } });
    assert.deepEqual([output, calls.length], [{ got: 9 }, 0]);
  });

  it('run dry with the output of one run of a task', async () => {
    await bench.publish(
      'rounds',
      `do:
- all:
    for: { in: '[1, 2, 3]', each: n }
    do:
    - ask: { call: http, with: { method: post, endpoint: '${url}/a' } }
    - note: { export: { as: '($context // []) + [.]' }, set: '\${ . }' }
- again: { set: { list: '\${ $context }', times: '\${ (.times // 0) + 1 }' } }
- back: { switch: [ { more: { when: .times == 1, then: again } } ] }`,
    );
    const { id } = await bench.run('rounds', {}, { pins: { '/do/0/all/do/0/ask': 0 } });
    const { tasks } = await bench.look(id);
    const keys = tasks.map(({ reference, instance }: any) => `${reference}#${instance}`);
    const ask = keys.filter((key: string) => key.includes('/ask#'));
    assert.equal(ask.length, 3);
    const [again] = keys.filter((key: string) => key.startsWith('/do/1/again#@'));
    const pins = {
      [ask[0].split('#')[0]]: 'any',
      [ask[1]]: null,
      [ask[2]]: 'third',
      [again]: { list: 'pinned', times: 2 },
    };
    const seen = await bench.run('rounds', {}, { pins });
    assert.deepEqual(seen.output, { list: 'pinned', times: 2 });
    const log = (await bench.look(seen.id)).tasks;
    const outputs = log.filter(({ reference }: any) => reference.endsWith('/note')).map(({ output }: any) => output);
    assert.deepEqual([outputs, calls.length], [['any', null, 'third'], 0]);
  });

  it('keep the log of a short one in its own row, and can be gone on with all the same', async () => {
    await bench.admin.put('/api/platform/workflow-secrets/word', { value: 'very secret word' });
    await bench.publish(
      'short',
      `use: { secrets: [word] }
do:
- a: { set: { n: 1 } }
- leak: { set: { leaked: '\${ $secrets.word }' }, output: { as: '\${ $input }' } }
- b: { set: { n: '\${ if .n == 1 then error("not yet") else .n end }' } }
- c: { set: { last: '\${ .n }' } }`,
    );
    const { id } = await bench.run('short');
    const { db } = bench.app.services;
    assert.equal((await db.read('workflows_tasks').where({ execution_id: id })).length, 0);
    const row = await db.read('workflows_executions').where({ id }).first();
    assert.ok(!row?.log?.includes('very secret'));
    const statuses = (execution: any) => execution.tasks.map((task: any) => `${task.reference} ${task.status}`);
    const first = await bench.look(id);
    assert.deepEqual(statuses(first), ['/do/0/a completed', '/do/1/leak completed', '/do/2/b faulted']);

    assert.equal((await bench.admin.post(`/api/platform/executions/${id}/retry`)).status, 202);
    const second = await bench.until(id, ({ status }) => status === 'faulted');
    assert.deepEqual(statuses(second), statuses(first));
    assert.equal(second.tasks[0].started_at, first.tasks[0].started_at);

    const edited = await bench.admin.post(`/api/platform/executions/${id}/replay?wait=10`, { from: '/do/2/b' });
    assert.equal(edited.body.status, 'faulted');
    await bench.app.clock.advance(40 * 86_400_000);
    await bench.app.services.workflowExecutions.prune();
    assert.equal((await bench.admin.get(`/api/platform/executions/${id}`)).status, 404);
    assert.equal((await db.read('workflows_tasks').count({ n: '*' }).first())?.n, 0);
  });

  it('keep secrets out of sight', async () => {
    await bench.admin.put('/api/platform/workflow-secrets/api', { value: { token: 'very secret token' } });
    await bench.publish(
      's',
      `use: { secrets: [api], authentications: { mine: { bearer: { token: '\${ $secrets.api.token }' } } } }
do:
- call: { call: http, with: { method: get, endpoint: { uri: '${url}/x', authentication: { use: mine } } } }
- leak: { set: { leaked: '\${ "it is " + $secrets.api.token }' } }
- after: { set: { length: '\${ .leaked | length }' } }`,
    );
    const { id, output } = await bench.run('s');
    assert.deepEqual(output, { length: 23 });
    assert.equal(calls[0]!.authorization, 'Bearer very secret token');
    assert.ok(!JSON.stringify(await bench.look(id)).includes('very secret'));
    const stored = await bench.app.services.db.read('workflows_tasks').where({ execution_id: id });
    assert.ok(!JSON.stringify(stored).includes('very secret'));
    assert.ok(!(await bench.admin.get('/api/platform/workflow-secrets')).text.includes('very secret'));
  });

  it('call with each kind of authentication', async () => {
    answer = (path) => {
      if (path === '/token') return { status: 200, body: { access_token: 'granted', expires_in: 3600 } };
      const isFirst = path === '/digest' && !calls.at(-1)!.authorization;
      return {
        status: isFirst ? 401 : 200,
        ...(isFirst && { headers: { 'www-authenticate': 'Digest realm="r", nonce="n", qop="auth"' } }),
      };
    };
    const call = (name: string, policy: string) =>
      bench.publish(
        name,
        `do: [ { c: { call: http, with: { method: get, endpoint: { uri: '${url}/${name}', authentication: ${policy} } } } } ]`,
      );
    await call('basic', '{ basic: { username: u, password: p } }');
    await call('digest', '{ digest: { username: u, password: p } }');
    await call(
      'oauth',
      `{ oauth2: { authority: '${url}', endpoints: { token: /token }, grant: client_credentials, client: { id: i, secret: s } } }`,
    );
    for (const name of ['basic', 'digest', 'oauth', 'oauth']) assert.equal((await bench.run(name)).status, 'completed');
    const used = (path: string) => calls.filter((one) => one.path === path).map(({ authorization }) => authorization);
    assert.deepEqual(used('/basic'), [`Basic ${Buffer.from('u:p').toString('base64')}`]);
    assert.match(used('/digest')[1]!, /^Digest username="u", realm="r", nonce="n".*response="[0-9a-f]{32}"/);
    assert.deepEqual(used('/oauth'), ['Bearer granted', 'Bearer granted']);
    assert.equal(used('/token').length, 1);
    // A clock that was a day ahead is put right: the token may have ended long ago.
    bench.app.clock.jump(-86_400_000);
    assert.equal((await bench.run('oauth')).status, 'completed');
    assert.equal(used('/token').length, 2);
    bench.app.clock.jump(86_400_000);
  });

  describe('with the authorization of a call', () => {
    const policies = {
      basic: ['{ basic: { username: u, password: pass } }', 'Basic', Buffer.from('u:pass').toString('base64')],
      bearer: ['{ bearer: { token: bearer-token } }', 'Bearer', 'bearer-token'],
      oauth: [
        '{ oauth2: { authority: URL, endpoints: { token: /token }, client: { id: shown, secret: s } } }',
        'Bearer',
        'granted "for" shown',
      ],
    } as const;
    const token = policies.oauth[2];
    const endpoint = (path: string, policy: string) =>
      `{ uri: '${url}/${path}', authentication: ${policy.replace('URL', `'${url}'`)} }`;
    const isHidden = async (text: string) => {
      const { db } = bench.app.services;
      const tables = ['workflows_tasks', 'workflows_executions'] as const;
      const stored = await Promise.all(tables.map((table) => db.read(table)));
      const ids = (await db.read('workflows_executions').select('id')).map(({ id }) => id);
      const seen = await Promise.all(ids.map(bench.look));
      for (const one of [text, JSON.stringify(text).slice(1, -1)]) {
        assert.ok(!JSON.stringify(stored).includes(one), `${one} is in the database`);
        assert.ok(!JSON.stringify(seen).includes(one), `${one} is shown`);
      }
    };
    beforeEach(() => {
      answer = (path) => {
        if (path === '/token') return { status: 200, body: { access_token: token, expires_in: 3600 } };
        const isFirst = path === '/digest' && !calls.at(-1)!.authorization;
        return {
          status: isFirst ? 401 : 200,
          body: { echo: calls.at(-1)!.authorization },
          ...(isFirst && { headers: { 'www-authenticate': 'Digest realm="r", nonce="n", qop="auth"' } }),
        };
      };
    });

    for (const [name, [policy, scheme, parameter]] of Object.entries(policies)) {
      it(`by ${name} tell its own data rules what was sent, and nobody else`, async () => {
        await bench.publish(
          'told',
          `do:
- call:
    call: http
    with: { method: get, endpoint: ${endpoint('x', policy)} }
    output: { as: { data: '\${ . }', sent: '\${ $authorization }' } }
    export: { as: $authorization }
- after: { set: { sent: '\${ .sent }', exported: '\${ $context }', now: '\${ $authorization }' } }`,
        );
        const { id, output } = await bench.run('told');
        const sent = { scheme, parameter };
        assert.deepEqual(output, { sent, exported: sent, now: null });
        const { tasks, output: shown } = await bench.look(id);
        const seen = { scheme, parameter: '••••' };
        assert.deepEqual(tasks[0].output, { data: { echo: `${scheme} ••••` }, sent: seen });
        assert.deepEqual([tasks[1].output, shown], Array(2).fill({ sent: seen, exported: seen, now: null }));
        await isHidden(parameter);
      });
    }

    it('by digest tell what was sent at the second time', async () => {
      await bench.publish(
        'digest',
        `do:
- call:
    call: http
    with: { method: get, endpoint: ${endpoint('digest', '{ digest: { username: u, password: p } }')} }
    output: { as: { sent: '\${ $authorization }', text: '\${ $authorization | tojson }' } }`,
      );
      const { output } = await bench.run('digest');
      assert.equal(`${output.sent.scheme} ${output.sent.parameter}`, calls.at(-1)!.authorization);
      await isHidden(output.sent.parameter);
      await isHidden(/response="(.+?)"/.exec(output.sent.parameter)![1]!);
    });

    it('by MCP and by OpenAPI have it too', async () => {
      answer = (path) => {
        if (path === '/doc') return { status: 200, body: { paths: { '/op': { get: { operationId: 'op' } } } } };
        return { status: 200, body: { jsonrpc: '2.0', id: 1, result: {} } };
      };
      const policy = policies.bearer[0];
      await bench.publish(
        'others',
        `do:
- mcp:
    call: mcp
    with: { method: tools/list, transport: { http: { endpoint: ${endpoint('mcp', policy)} } } }
    export: { as: '[$authorization.parameter]' }
- openapi:
    call: openapi
    with: { document: { endpoint: '${url}/doc' }, operationId: op, authentication: ${policy} }
    output: { as: '$context + [$authorization.parameter]' }`,
      );
      assert.deepEqual((await bench.run('others')).output, ['bearer-token', 'bearer-token']);
    });

    it('keep it hidden after a restart, in children, in errors and in replays', async () => {
      await bench.publish('child', 'do: [ { a: { set: { got: "${ .token }", mine: ok } } } ]');
      await bench.publish(
        'long',
        `do:
- call:
    call: http
    with: { method: get, endpoint: ${endpoint('x', policies.oauth[0])} }
    export: { as: '{ token: $authorization.parameter }' }
- wait: { wait: PT1H }
- use: { set: { token: '\${ $context.token }' } }
- child: { run: { workflow: { namespace: test, name: child, version: '1.0.0' } } }
- check: { set: { same: '\${ .got == $context.token }', got: '\${ .got }' } }
- caught:
    try: [ { no: { raise: { error: { type: 'https://x.example/e', status: 500, detail: '\${ .got }' } } } } ]
    catch: { do: [ { ok: { set: { same: '\${ $error.detail == $context.token }' } } } ] }
- no: { raise: { error: { type: 'https://x.example/e', status: 500, detail: '\${ $context.token }' } } }`,
      );
      const id = await bench.start('long');
      await bench.until(id, ({ status }) => status === 'waiting');
      await restart();
      await bench.app.clock.advance(3_601_000);
      const { tasks } = await bench.until(id, ({ status }) => status === 'faulted');
      const outputOf = (name: string) => tasks.find(({ reference }: any) => reference.endsWith(name)).output;
      assert.deepEqual([outputOf('/check'), outputOf('/ok')], [{ same: true, got: '••••' }, { same: true }]);
      await isHidden(token);
      const again = await bench.admin.post(`/api/platform/executions/${id}/replay?wait=10`, { from: '/do/3/child' });
      assert.equal(again.body.status, 'faulted');
      await isHidden(token);
    });

    it('whose data only looks encrypted are those of anybody', async () => {
      await bench.publish('looks', 'do: [ { a: { set: { b: "${ . }" } } }, { c: { set: "${ .b }" } } ]');
      const given = { $sealed: 'x', $hidden: 'y' };
      assert.deepEqual((await bench.run('looks', given)).output, given);
      const id = await bench.start('looks', given);
      await bench.until(id, ({ status }) => status === 'completed');
    });
  });

  it('of one key run one after another where the workflow says so', async () => {
    let atOnce = 0;
    let most = 0;
    answer = () => {
      most = Math.max(most, ++atOnce);
      return { status: 200, wait: new Promise<void>((resolve) => setTimeout(resolve, 15)).then(() => void atOnce--) };
    };
    await bench.publish(
      'one',
      `# metadata: { patchbay: { concurrency: { limit: 1, key: .k } } }
do: [ { c: { call: http, with: { method: get, endpoint: '${url}/x' } } } ]`,
    );
    const ids = await Promise.all([1, 2, 3, 4].map(() => bench.start('one', { k: 'a' })));
    for (const id of ids) await bench.until(id, ({ status }) => status === 'completed');
    assert.equal(most, 1);
  });

  it('of tried tasks take their definitions with them', async () => {
    const { db, workflowExecutions } = bench.app.services;
    for (const a of [1, 2, 3]) await bench.admin.post('/api/platform/workflows/try-task', { task: { set: { a } } });
    const definitions = async () => (await db.read('workflows_definitions')).length;
    assert.equal(await definitions(), 3);
    const [first] = await db.read('workflows_executions').orderBy('seq');
    await db.write('workflows_executions').where({ id: first!.id }).delete();
    await workflowExecutions.prune();
    assert.equal(await definitions(), 3, 'a new one may not have its execution yet');
    await db.write('workflows_definitions').update({ created_at: bench.app.clock.now() - 3_600_001 });
    await workflowExecutions.prune();
    assert.equal(await definitions(), 2);
  });

  it('of a removed workflow go in small steps, and what a crash leaves goes with the next pruning', async () => {
    const { db, workflowExecutions, workflowDefinitions } = bench.app.services;
    await bench.publish('gone', 'schedule: { every: { hours: 1 } }\ndo: [ { a: { set: { a: 1 } } } ]');
    const {
      id: _id,
      seq: _seq,
      ...first
    } = (await (async () => {
      await bench.run('gone');
      return db.read('workflows_executions').first();
    })())!;
    const copies = Array.from({ length: 450 }, (_, index) => ({ ...first, id: `copy-${index}` }));
    for (let from = 0; from < 450; from += 25) {
      await db.write('workflows_executions').insert(copies.slice(from, from + 25));
    }
    const { transaction } = db;
    let left = 2;
    db.transaction = (async (work: any) => {
      // The audit log links its entries meanwhile, in transactions of its own.
      if (new Error().stack?.includes('/plugins/auth/')) return transaction(work);
      if (left-- === 0) throw new Error('the power is gone');
      return transaction(work);
    }) as typeof transaction;
    await assert.rejects(workflowDefinitions.remove('', 'test', 'gone'), /power/);
    db.transaction = transaction;
    const count = async () => (await db.read('workflows_executions')).length;
    assert.equal(await count(), 251);
    assert.equal((await bench.admin.get('/api/platform/workflows/test/gone')).status, 404);
    assert.deepEqual((await bench.admin.get('/api/platform/executions?name=gone')).body.items, []);
    assert.equal((await bench.app.http.post('/hooks/test/gone', {})).status, 404);
    await bench.publish('gone', 'do: [ { a: { set: { a: 1 } } } ]');
    await workflowExecutions.prune();
    assert.equal(await count(), 0);
    assert.equal((await db.read('workflows_workflows')).length, 1);
  });

  it('are pruned by age and number', async () => {
    await bench.publish(
      'p',
      '# metadata: { patchbay: { keep: { count: 3, days: 2 } } }\ndo: [ { a: { set: { a: 1 } } } ]',
    );
    const ids: string[] = [];
    for (let count = 0; count < 6; count++) ids.push((await bench.run('p')).id);
    const left = async () => (await bench.admin.get('/api/platform/executions?name=p')).body.items.length;
    assert.equal(await bench.app.services.workflowExecutions.prune(), 3);
    assert.equal(await left(), 3);
    await bench.app.clock.advance(3 * 86_400_000);
    await bench.app.services.workflowExecutions.prune();
    assert.equal(await left(), 0);
    assert.deepEqual(await bench.app.services.db.read('workflows_tasks').whereIn('execution_id', ids), []);
  });

  it('follow the version that they began with', async () => {
    const publish = (version: string, value: number) =>
      bench.admin.post('/api/platform/workflows', {
        definition: definitionOf('v', `do: [ { w: { wait: PT1H } }, { a: { set: { v: ${value} } } } ]`).replace(
          "version: '1.0.0'",
          `version: '${version}'`,
        ),
      });
    await publish('1.0.0', 1);
    const id = await bench.start('v');
    await bench.until(id, ({ status }) => status === 'waiting');
    await publish('2.0.0', 2);
    await bench.app.clock.advance(3_700_000);
    assert.deepEqual((await bench.until(id, ({ status }) => status === 'completed')).output, { v: 1 });
    const found = (await bench.admin.get('/api/platform/workflows/test/v')).body;
    assert.deepEqual([found.version, found.versions.length], ['2.0.0', 2]);
    await bench.admin.patch('/api/platform/workflows/test/v', { version: '1.0.0' });
    assert.equal((await bench.admin.get('/api/platform/workflows/test/v')).body.version, '1.0.0');
  });
});

describe('executions of an installation with narrow limits', () => {
  it('stay within them, and say so', async () => {
    const bench = await startBench({ plugins: { workflows: { maxTasks: 200, maxDataBytes: 10_000 } } as any });
    await bench.publish('ever', 'do: [ { a: { set: { n: "${ (.n // 0) + 1 }" }, then: a } } ]');
    assert.match((await bench.run('ever')).error.detail, /never ends/);
    await bench.publish('large', 'do: [ { a: { set: { x: "${ [range(100000)] | tostring }" } } } ]');
    assert.match((await bench.run('large')).error.detail, /larger than|more than/);
    await bench.publish(
      'self',
      "do: [ { a: { run: { workflow: { namespace: test, name: self, version: '1.0.0' } } } } ]",
    );
    const deep = await bench.run('self');
    assert.match(deep.error.detail, /deeper/);
    await bench.publish(
      'private',
      "do: [ { a: { call: http, with: { method: get, endpoint: 'http://10.0.0.1/' } } } ]",
    );
    assert.equal((await bench.run('private')).error.status, 403);
    const big = await bench.admin.post('/api/platform/workflows/test/ever/executions', { input: 'x'.repeat(20_000) });
    assert.ok(big.status >= 400);
    await bench.app.stop();
  });
});

describe('definitions', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.app.stop());

  const errorsOf = async (definition: string) => {
    const answer = await bench.admin.post('/api/platform/workflows', { definition });
    assert.equal(answer.status, 422, answer.text);
    return answer.body.errors;
  };

  it('that are wrong are refused with line and column', async () => {
    for (const [body, line, column, message] of [
      ['do:\n- a:\n    set: { x: "${ .a | }" }', 8, 12, /syntax|unexpected/i],
      ['do:\n- a:\n    call: grpc', 8, 5, /not supported/],
      ['do:\n- a:\n    call: nobody.knows', 8, 5, /no function 'nobody.knows'/],
      ['do:\n- a:\n    set: { x: 1 }\n    then: nowhere', 9, 5, /no task 'nowhere'/],
      ['do:\n- a:\n    x: 1', 7, 3, /needs one of call/],
      ['do:\n- a:\n    set: { x: 1 }\n    iff: .x', 9, 5, /iff/],
      ['do:\n- a: { run: { shell: { command: ls } } }', 7, 8, /are off/],
      ['do:\n- a: { wait: soon }', 7, 8, /duration/],
      [
        'do:\n- a:\n    set: { x: 1 }\n    output: { schema: { resource: { endpoint: https://x.example/s } } }',
        9,
        15,
        /in the definition itself/,
      ],
      ['do: [', 6, 6, /./],
    ] as const) {
      const [error] = await errorsOf(definitionOf('wrong', body));
      assert.match(error.message, message, body);
      assert.deepEqual([error.line, error.column], [line, column], `${body}: ${JSON.stringify(error)}`);
    }
  });

  it('ask of their publisher the scopes of what they call', async () => {
    const admin = bench.admin;
    const owner = await (await import('#test/support/accounts.ts')).register(bench.app);
    const { raw_key } = (await owner.http.post('/api/v2/api-keys', { name: 'k', scopes: ['workflows:manage'] })).body;
    const definition = definitionOf(
      'scoped',
      'do: [ { a: { call: workflows.start, with: { namespace: x, name: y } } } ]',
    );
    const refused = await bench.app.http.apiKey(raw_key).post('/api/platform/workflows', { definition });
    assert.deepEqual([refused.status, refused.body.required], [403, 'workflows:run']);
    assert.equal((await admin.post('/api/platform/workflows', { definition })).status, 201);
    assert.equal((await bench.app.http.post('/api/platform/workflows', { definition })).status, 401);
  });

  it('are stored as drafts, exported as they were given, and removed', async () => {
    const definition = definitionOf(
      'draft',
      '# metadata: { patchbay: { hook: true } }\n# a comment that stays\ndo: [ { a: { set: { a: 1 } } } ]',
    );
    await bench.admin.post('/api/platform/workflows', { definition, draft: true });
    assert.equal((await bench.app.http.post('/hooks/test/draft', {})).status, 404);
    assert.equal((await bench.admin.get('/api/platform/workflows/test/draft/export')).text, definition);
    await bench.admin.patch('/api/platform/workflows/test/draft', { version: '1.0.0' });
    assert.equal((await bench.app.http.post('/hooks/test/draft?wait=5', {})).status, 200);
    assert.equal((await bench.admin.delete('/api/platform/workflows/test/draft')).status, 204);
    assert.equal((await bench.admin.get('/api/platform/workflows/test/draft')).status, 404);
  });
});

describe('executions on two replicas', () => {
  if (testDatabase !== 'pg') return;

  it('go on with the other one, and run once', async () => {
    const database = await freshDatabase();
    const one = await startBench({ database });
    const two = await startBench({ database, dataDir: one.app.dataDir, clock: one.app.clock });
    let isStopped = false;
    try {
      await one.publish('w', 'do: [ { w: { wait: PT1H } }, { d: { set: { done: true } } } ]');
      const ids = await Promise.all([1, 2, 3, 4].map(() => one.start('w')));
      for (const id of ids) await two.until(id, ({ status }) => status === 'waiting');
      await one.app.platform.stop();
      isStopped = true;
      await one.app.clock.advance(3_601_000);
      for (const id of ids) {
        const { output, tasks } = await two.until(id, ({ status }) => status === 'completed');
        assert.deepEqual([output, tasks.length], [{ done: true }, 2]);
      }
      // What the other one had in memory when it died is taken over when its lease is over.
      const cut = await two.start('w');
      await two.until(cut, ({ status }) => status === 'waiting');
      const { db } = two.app.services;
      await db
        .write('workflows_executions')
        .where({ id: cut })
        .update({ status: 'running', locked_by: 'a replica that died', locked_until: two.app.clock.now() + 30_000 });
      await two.app.clock.advance(31_000);
      await two.until(cut, ({ status }) => status === 'waiting');
    } finally {
      if (!isStopped) await one.app.platform.stop();
      await two.app.stop();
    }
  });
});
