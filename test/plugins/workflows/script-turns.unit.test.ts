/** Scripts of one tenant do not keep those of others waiting. */
import assert from 'node:assert/strict';
import { createScriptSandbox } from '#plugins/workflows/sandbox/sandbox.ts';

const BUSY = 'const until = Date.now() + 30; while (Date.now() < until) {}';

describe('scripts that wait for a thread', () => {
  const config = { script: { memoryMb: 32, timeoutMs: 5_000, workers: 1 }, maxDataBytes: 1_000 };
  const sandbox = createScriptSandbox({ config, outbound: {}, log: { warn() {} } } as any);
  after(() => sandbox.close());
  const ended: string[] = [];
  const run = async (tenantId: string, name: string, signal = new AbortController().signal) => {
    const { error } = await sandbox.run(
      { code: BUSY, arguments: {}, environment: null, input: null, tenantId },
      signal,
    );
    assert.equal(error, null);
    ended.push(name);
  };

  it('are taken in turn for each tenant', async () => {
    const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2'].map((name) => run(name.slice(0, 1), name));
    await Promise.all(all);
    assert.deepEqual(ended.splice(0), ['a1', 'a2', 'b1', 'a3', 'b2', 'a4']);
  }).timeout(20_000);

  it('leave when they are aborted, and the others go on', async () => {
    const gone = new AbortController();
    const first = run('a', 'a1');
    const second = assert.rejects(run('a', 'a2', gone.signal));
    const others = [run('a', 'a3'), run('b', 'b1')];
    gone.abort(new Error('cancelled'));
    await Promise.all([first, second, ...others]);
    assert.deepEqual(ended.splice(0).sort(), ['a1', 'a3', 'b1']);
  }).timeout(20_000);

  it('that nobody waits for are begun when few enough of the tenant wait', async () => {
    const gone = new AbortController();
    const { signal } = new AbortController();
    const all = Array.from({ length: 17 }, (_, place) => run('a', `a${place}`, gone.signal).catch(() => {}));
    let hasRoom = false;
    const room = sandbox.room('a', signal).then(() => {
      hasRoom = true;
    });
    await sandbox.room('b', signal);
    assert.equal(hasRoom, false);
    gone.abort(new Error('cancelled'));
    await room;
    await assert.rejects(sandbox.room('a', gone.signal), /cancelled/);
    await Promise.all(all);
    ended.splice(0);
  });
});

describe('what a script wants to fetch', () => {
  const asked: unknown[] = [];
  let slow: AbortSignal | undefined;
  const outbound = {
    async request(url: string, { method, headers, body, signal }: Record<string, unknown>) {
      if (url === 'http://slow/') {
        slow = signal as AbortSignal;
        return new Promise((_, reject) => slow?.addEventListener('abort', () => reject(slow?.reason)));
      }
      asked.push({ url, method, headers, body });
      return { status: 200, headers: {}, text: () => 'here' };
    },
  };
  const config = { script: { memoryMb: 64, timeoutMs: 10_000, workers: 1 }, maxDataBytes: 10_000 };
  const sandbox = createScriptSandbox({ config, outbound, log: { warn() {} } } as any);
  after(() => sandbox.close());
  const said = async (code: string) => {
    const script = { code, arguments: {}, environment: null, input: null, tenantId: 'a' };
    const { value, error } = await sandbox.run(script, new AbortController().signal);
    return value ?? error;
  };

  it('ends with the script', async () => {
    assert.equal(await said('fetch("http://slow/").catch(() => {}); await fetch("http://a/"); return 1'), 1);
    assert.equal(slow?.aborted, true);
    asked.splice(0);
  });

  it('is asked for as it says', async () => {
    const options = '{ method: "post", headers: { a: 1 }, body: "text" }';
    assert.equal(await said(`return (await fetch("http://a/", ${options})).body`), 'here');
    assert.equal(await said('return (await fetch("http://b/", null)).ok'), true);
    assert.deepEqual(asked.splice(0), [
      { url: 'http://a/', method: 'POST', headers: { a: '1' }, body: 'text' },
      { url: 'http://b/', method: 'GET', headers: {}, body: undefined },
    ]);
  });

  it('is read beside the server, and refused when it is too much', async () => {
    const refused = (text: string) =>
      said(`const { stringify } = JSON;
        JSON.stringify = () => ${text};
        try { return (await fetch("http://a/")).body }
        catch (error) { return error.message }
        finally { JSON.stringify = stringify }`);
    assert.match(String(await refused('"[" + "[],".repeat(5e6) + "0]"')), /at most 10000 characters/);
    assert.match(
      String(await refused('"{\\"headers\\":{" + Array.from({ length: 101 }, (_, n) => `"h${n}":1`) + "}}"')),
      /at most 100 headers/,
    );
    assert.match(String(await refused('"no JSON"')), /JSON/);
    assert.deepEqual(asked, []);
  });
});
