/** The guarded `fetch` for libraries: what a server that hangs, stands still, cuts, or never ends does to its caller. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { type ManualClock, manualClock } from '#core/clock.ts';
import { createOutbound, type Outbound, OutboundError } from '#core/outbound/outbound.ts';
import type { StreamLimits } from '#core/outbound/streaming.ts';

describe('a fetch that streams, behind the guard', () => {
  const LIMITS: StreamLimits = { firstByteMs: 1_000, idleMs: 500, totalMs: 5_000, maxBytes: 1_000 };
  let server: Server;
  let base: string;
  let clock: ManualClock;
  let outbound: Outbound;
  let answer: (response: ServerResponse) => void;

  beforeEach(async () => {
    server = createServer((_, response) => answer(response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    clock = manualClock();
    outbound = createOutbound({ config: { allow: ['127.0.0.1'] }, log: pino({ enabled: false }), clock });
  });
  afterEach(async () => {
    await outbound.close();
    server.closeAllConnections();
    server.close();
  });

  const refusedWith = (code: string) => (error: unknown) => {
    assert.ok(error instanceof OutboundError, String(error));
    assert.equal(error.code, code);
    return true;
  };
  /** Waits for the server to have a request, which then hangs as `answer` left it. */
  const asked = (): Promise<ServerResponse> =>
    new Promise((resolve) => {
      answer = resolve;
    });

  it('gives the pieces as they come', async () => {
    const came = asked();
    const pending = outbound.fetch(LIMITS)(`${base}/chat`, { method: 'POST', body: '{"a":1}' });
    const response = await came;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'set-cookie': ['a=1', 'b=2'] }).write('one ');
    const { body, headers, status } = await pending;
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'text/event-stream');
    assert.deepEqual(headers.getSetCookie(), ['a=1', 'b=2']);
    const reader = body?.getReader();
    assert.equal(new TextDecoder().decode((await reader?.read())?.value), 'one ');
    response.end('two');
    assert.equal(new TextDecoder().decode((await reader?.read())?.value), 'two');
    assert.equal((await reader?.read())?.done, true);
  });

  it('gives up a server that never answers', async () => {
    const came = asked();
    const pending = outbound.fetch(LIMITS)(base);
    const refused = assert.rejects(pending, refusedWith('timeout'));
    await came;
    await clock.advance(1_000);
    await refused;
  });

  it('gives up a body whose first byte does not come', async () => {
    answer = (response) => response.writeHead(200).flushHeaders();
    const { body } = await outbound.fetch(LIMITS)(base);
    const refused = assert.rejects(new Response(body).text(), refusedWith('timeout'));
    await clock.advance(1_000);
    await refused;
  });

  it('waits for who reads it slowly', async () => {
    const came = asked();
    const pending = outbound.fetch(LIMITS)(base);
    const response = await came;
    response.writeHead(200).write('one ');
    const reader = (await pending).body?.getReader();
    await clock.advance(1_500);
    assert.equal(new TextDecoder().decode((await reader?.read())?.value), 'one ');
    await clock.advance(1_500);
    response.end('two');
    assert.equal(new TextDecoder().decode((await reader?.read())?.value), 'two');
    assert.equal((await reader?.read())?.done, true);
  });

  it('lets go of an answer whose status nobody knows', async () => {
    const came = asked();
    const refused = assert.rejects(outbound.fetch(LIMITS)(base), refusedWith('network'));
    const response = await came;
    response.writeHead(999).write('and on');
    await refused;
    if (!response.closed) await once(response, 'close');
  });

  it('gives up a body that stands still', async () => {
    answer = (response) => response.writeHead(200).write('half an ans');
    const reader = (await outbound.fetch(LIMITS)(base)).body?.getReader();
    assert.equal((await reader?.read())?.done, false);
    const refused = assert.rejects(async () => reader?.read(), refusedWith('timeout'));
    // It counts from when the stream is asked, once the piece before was taken.
    await new Promise(setImmediate);
    await clock.advance(500);
    await refused;
  });

  it('gives up a body that goes on for ever, slowly', async () => {
    const came = asked();
    const pending = outbound.fetch(LIMITS)(base);
    const response = await came;
    response.writeHead(200).write('.');
    const reader = (await pending).body?.getReader();
    const reading = async () => {
      for (;;) {
        await reader?.read();
        await clock.advance(400);
        response.write('.');
      }
    };
    await assert.rejects(reading, refusedWith('timeout'));
    assert.equal(clock.now() - manualClock().now() <= 5_200, true);
  });

  it('reads no more bytes than it may', async () => {
    answer = (response) => response.writeHead(200).end('x'.repeat(100_000));
    const { body } = await outbound.fetch(LIMITS)(base);
    await assert.rejects(new Response(body).text(), refusedWith('too_large'));
  });

  it('says that a body was cut', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setImmediate(() => response.destroy());
    };
    const { body } = await outbound.fetch(LIMITS)(base);
    await assert.rejects(new Response(body).text(), refusedWith('network'));
  });

  it('follows no redirect, and reaches no private address', async () => {
    answer = (response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    assert.equal((await outbound.fetch(LIMITS)(base)).status, 302);
    await assert.rejects(outbound.fetch(LIMITS)('http://169.254.169.254/'), refusedWith('blocked_address'));
  });

  it('ends with the caller, and with the caller’s reason', async () => {
    const came = asked();
    const caller = new AbortController();
    const pending = outbound.fetch(LIMITS)(base, { signal: caller.signal });
    const refused = assert.rejects(pending, /another message came/);
    const response = await came;
    const gone = once(response, 'close');
    caller.abort(new Error('another message came'));
    await refused;
    await gone;
  });
});
