/** Values at the edges of their formats: nothing is lost without a word, and nothing is made of what is missing. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exactJson } from '#core/exact-json.ts';
import { ROOT_TOKEN } from '#test/support/accounts.ts';
import { type Bench, definitionOf, startBench } from './support.ts';

describe('values of workflows', () => {
  let bench: Bench;
  let server: Server;
  let base: string;
  let answer: { type: string; body: Buffer | string };
  const seen: { method?: string; url?: string; headers: Record<string, unknown>; body: string }[] = [];
  before(async () => {
    bench = await startBench();
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        seen.push({ method: request.method, url: request.url, headers: request.headers, body });
        response.setHeader('content-type', answer.type).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    answer = { type: 'application/json', body: '{}' };
    seen.length = 0;
  });
  after(async () => {
    await bench.app.stop();
    server.close();
  });

  let counter = 0;
  const run = async (body: string, input: unknown = {}) => {
    const name = `exact${++counter}`;
    await bench.publish(name, body);
    return bench.run(name, input);
  };
  const called = async (type: string, body: Buffer | string) => {
    answer = { type, body };
    return (await run(`do: [ { c: { call: http, with: { method: get, endpoint: '${base}/x' } } } ]`)).output;
  };
  const refused = async (body: string) => {
    const definition = definitionOf('refused', body);
    const { status, body: problem } = await bench.admin.post('/api/platform/workflows', { definition });
    assert.equal(status, 422);
    return problem.errors ?? problem;
  };

  it('are texts where JSON has numbers that cannot be held', async () => {
    const json = '{"id":12345678901234567890,"e":1e400,"even":9007199254740994,"n":-1.5e3,"f":0.25}';
    const held = { id: '12345678901234567890', e: '1e400', even: 9007199254740994, n: -1500, f: 0.25 };
    assert.deepEqual(exactJson(json), held);
    assert.deepEqual(await called('application/json', json), held);
  });

  it('are so in bodies of hooks, events and starts too', async () => {
    await bench.publish(
      'echo',
      '# metadata: { patchbay: { hook: true } }\ndo: [ { a: { set: { got: "${ $input }" } } } ]',
    );
    const headers = { 'content-type': 'application/json' };
    const post = async (path: string, body: string): Promise<any> =>
      (
        await fetch(`${bench.app.url}${path}`, { method: 'POST', body, headers: { ...headers, ...credentials } })
      ).json();
    const credentials = { authorization: `Bearer ${ROOT_TOKEN}` };
    const id = 12345678901234567890n;
    assert.deepEqual((await post('/hooks/test/echo?wait=10', `\uFEFF{"id":${id}}`)).output, { got: { id: `${id}` } });
    const started = await post('/api/platform/workflows/test/echo/executions?wait=10', `{"input":{"id":${id}}}`);
    assert.deepEqual(started.output, { got: { id: `${id}` } });
    await bench.publish(
      'heard',
      'schedule: { on: { one: { with: { type: x.y } } } }\ndo: [ { a: { set: { got: "${ .[0].data.id }" } } } ]',
    );
    await post('/api/platform/events', `{"source":"test://x","type":"x.y","data":{"id":${id}}}`);
    await bench.app.services.jobs.idle();
    const [heard] = (await bench.admin.get('/api/platform/executions?name=heard')).body.items;
    assert.deepEqual((await bench.until(heard.id, ({ status }) => status === 'completed')).output, { got: `${id}` });
  });

  it('are read in the charset of the answer, without a byte order mark', async () => {
    assert.equal(await called('text/plain; charset=gbk', Buffer.from([0xd1, 0xe9, 0xd6, 0xa4])), '验证');
    assert.equal(await called('text/plain; charset="ISO-8859-1"', Buffer.from([0xe9])), 'é');
    assert.equal(await called('text/plain; charset=no-such', 'é'), 'é');
    assert.deepEqual(await called('application/json', '\uFEFF{"a":1}'), { a: 1 });
    assert.equal(await called('text/plain', '\uFEFFa'), 'a');
  });

  it('are refused in a definition, with their place', async () => {
    const message = async (body: string) => {
      const answered = JSON.stringify(await refused(body));
      return answered;
    };
    assert.match(
      await message('do: [ { a: { set: { z: 12345678901234567890 } } } ]'),
      /12345678901234567890 cannot be kept exactly/,
    );
    assert.match(await message('do: [ { a: { set: { z: 1e400 } } } ]'), /1e400 cannot be kept exactly/);
    assert.match(await message('do: [ { a: { set: { z: .inf } } } ]'), /\.inf is no number that JSON has/);
    assert.match(
      await message('do: [ { x: { set: &x { t: 1 } } }, { a: { set: { <<: *x, u: 2 } } } ]'),
      /'<<' does not merge/,
    );
    const { output } = await run(`do: [ { a: { set: { '<<': 1, z: '12345678901234567890', y: 9007199254740994 } } } ]`);
    assert.deepEqual(output, { '<<': 1, z: '12345678901234567890', y: 9007199254740994 });
  });

  it('make no request when the address lacks a part', async () => {
    const body = `do: [ { c: { call: http, with: { method: delete, endpoint: '${base}/pets/{petId}?all={all}' } } } ]`;
    for (const [input, detail] of [
      [{}, /There is no 'petId'/],
      [{ petId: null }, /There is no 'petId'/],
      [{ petId: '' }, /There is no 'petId'/],
      [{ petId: '..' }, /'\.\.' cannot be the 'petId'/],
    ] as const) {
      const { status, error } = await run(body, input);
      assert.equal(status, 'faulted');
      assert.match(error.detail, detail);
    }
    assert.equal(seen.length, 0);
    assert.equal((await run(body, { petId: 0 })).status, 'completed');
    assert.equal(seen[0]?.url, '/pets/0?all=');
  });

  it('are left out of headers and forms when they are null', async () => {
    await run(
      `do: [ { c: { call: http, with: { method: post, endpoint: '${base}/x',
      headers: { x-none: '\${ .nothing }', x-some: '\${ .some }', content-type: application/x-www-form-urlencoded },
      body: { none: '\${ .nothing }', some: '\${ .some }' } } } } ]`,
      { some: 1 },
    );
    assert.deepEqual(
      [seen[0]?.headers['x-none'], seen[0]?.headers['x-some'], seen[0]?.body],
      [undefined, '1', 'some=1'],
    );
  });
});
