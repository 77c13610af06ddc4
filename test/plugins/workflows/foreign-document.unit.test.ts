/** Documents that servers outside send hold up nobody. */
import assert from 'node:assert/strict';
import { readOperation } from '#plugins/workflows/engine/calls/foreign-document.ts';
import { openApiCall } from '#plugins/workflows/engine/calls/openapi.ts';

describe('a document of a server outside', () => {
  const read = (text: string, id = 'list', lane = 'a') => readOperation(lane, text, id);
  const document = (more: object = {}) => ({
    openapi: '3.0.0',
    paths: { '/pets': { get: { operationId: 'list' } } },
    ...more,
  });

  /** How often others had their turn meanwhile. */
  async function turnsIn<T>(work: () => Promise<T>): Promise<[T, number]> {
    let turns = 0;
    const others = setInterval(() => turns++, 10);
    const done = await work().finally(() => clearInterval(others));
    return [done, turns];
  }

  it('is JSON or YAML', async () => {
    const wanted = await read(JSON.stringify(document()));
    assert.deepEqual([wanted?.path, wanted?.method, wanted?.server], ['/pets', 'get', '/']);
    assert.deepEqual(await read('openapi: 3.0.0\npaths:\n  /pets:\n    get: { operationId: list }\n'), wanted);
    assert.equal(await read(JSON.stringify(document()), 'other'), null);
    await assert.rejects(read('paths: [ unclosed'));
  });

  it('of very many keys is read while others are served', async () => {
    const keys = Array.from({ length: 20_000 }, (_, n) => `k${n}: 1`);
    const [found, turns] = await turnsIn(() => read(keys.join('\n')));
    assert.equal(found, null);
    assert.ok(turns > 5, `others had ${turns} turns`);
  }).timeout(20_000);

  it('is read while others are served when it is long JSON too', async () => {
    const long = `{"x":[${'[],'.repeat(2_000_000)}0],${JSON.stringify(document()).slice(1)}`;
    await read(JSON.stringify(document()));
    const [found, turns] = await turnsIn(() => read(long));
    assert.equal(found?.path, '/pets');
    assert.ok(turns > 5, `others had ${turns} turns`);
  }).timeout(20_000);

  it('of one tenant stands behind its own, not before those of another', async () => {
    const ended: string[] = [];
    const slow = Array.from({ length: 5_000 }, (_, n) => `k${n}: 1`).join('\n');
    const all = ['a', 'a', 'a', 'b'].map(async (lane) => {
      await read(slow, 'list', lane);
      ended.push(lane);
    });
    await Promise.all(all);
    assert.deepEqual(ended, ['a', 'b', 'a', 'a']);
  }).timeout(20_000);

  it('has each parameter once, that of the operation before that of its path', async () => {
    const parameters = Array.from({ length: 10_000 }, () => ({ name: 'q', in: 'query' }));
    const get = { operationId: 'list', parameters: [{ name: 'q', in: 'query', required: true }] };
    const found = await read(JSON.stringify({ paths: { '/pets': { parameters, get } } }));
    assert.deepEqual(found?.parameters, [{ name: 'q', in: 'query', required: true }]);
  });

  it('that is too long, too deep or endless is refused, and so is such an operation', async () => {
    await assert.rejects(read('- a\n'.repeat(600_000)), /more than/);
    await assert.rejects(read('['.repeat(1_000)), /too deeply/);
    const lists = Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`);
    await assert.rejects(read(['a0: &a0 [1]', ...lists].join('\n')), /alias/i);
    const paths = { [`/${'{a}'.repeat(100_000)}`]: { get: { operationId: 'list' } } };
    await assert.rejects(read(JSON.stringify({ paths })), /more than/);
  });

  it('that is wrong keeps the next one from nothing', async () => {
    const [wrong, right] = await Promise.allSettled([read('a: b: c'), read('a: 1')]);
    assert.deepEqual([wrong.status, right.status], ['rejected', 'fulfilled']);
  });

  it('makes no path without end, however often it names a place', async () => {
    const paths = {
      [`/${'{a}'.repeat(50_000)}`]: { get: { operationId: 'list', parameters: [{ name: 'a', in: 'path' }] } },
    };
    const answer = { status: 200, headers: {}, body: Buffer.alloc(0), text: () => JSON.stringify({ paths }) };
    const asked: string[] = [];
    const outbound = {
      async request(url: string) {
        asked.push(url);
        return answer;
      },
    };
    const run = { execution: { tenant_id: 'a' }, world: { services: { outbound, clock: { now: () => 0 } } } };
    const call: any = { run, input: {}, scope: {}, frame: { signal: new AbortController().signal } };
    const wish = { document: { endpoint: 'http://a/doc' }, operationId: 'list', parameters: { a: 'x'.repeat(1_000) } };
    await assert.rejects(openApiCall(call, wish), /the path has more than/);
    assert.deepEqual(asked, ['http://a/doc']);
  });
});
