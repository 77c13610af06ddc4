/** Ways out other than a relay: Resend's API, straight to mail servers; and the doors of domains. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDomainGates } from '#plugins/mail/domain-gates.ts';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import { startPlatform } from '#test/support/harness.ts';
import { startMailServer } from '#test/support/mail-server.ts';

const mail = {
  from: 'me@example.com',
  fromName: 'Me',
  to: 'you@else.example',
  subject: 'Hello',
  text: 'Hi',
  html: '<b>Hi</b>',
};

describe('ways out', () => {
  it("hands mail to Resend's API, once for each key, and keeps its id", async () => {
    const calls: { headers: Record<string, unknown>; body: any }[] = [];
    const resend = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        calls.push({ headers: request.headers, body: JSON.parse(body) });
        const isFirst = calls.length === 1;
        response
          .writeHead(isFirst ? 503 : 200, { 'content-type': 'application/json' })
          .end(isFirst ? '{}' : '{"id":"resend-id-1"}');
      });
    });
    await new Promise<void>((resolve) => resend.listen(0, '127.0.0.1', resolve));
    const apiBase = `http://127.0.0.1:${(resend.address() as AddressInfo).port}`;
    const app = await startPlatform({
      plugins: { auth: authConfig, mail: { mailboxTtl: 0, smtp: { enabled: false } } },
      config: {
        mailer: { transport: 'resend', resend: { apiKey: 're_key', apiBase } },
        http: { outbound: { allow: ['127.0.0.1'] } },
      },
    });
    const http = app.http.bearer(ROOT_TOKEN);
    await http.post('/api/create', { local: 'me' });
    const { id } = (await http.post('/api/send', mail)).body;
    const idle = app.services.jobs.idle();
    // The first answer was 503; the next try comes a moment later.
    while (calls.length < 2) {
      await app.clock.advance(500);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await idle;
    assert.equal(calls[0]?.headers['idempotency-key'], calls[1]?.headers['idempotency-key']);
    assert.equal(calls[1]?.headers.authorization, 'Bearer re_key');
    const { from, to, subject, text, html } = calls[1]?.body ?? {};
    assert.deepEqual(
      [from, to, subject, text, html],
      ['"Me" <me@example.com>', ['you@else.example'], 'Hello', 'Hi', '<b>Hi</b>'],
    );
    const [listed] = (await http.get('/api/sent?from=me@example.com')).body;
    assert.deepEqual([listed.resend_id, listed.status], ['resend-id-1', 'sent']);
    assert.equal((await http.get('/api/send/resend-id-1')).body.id, id);
    await app.stop();
    resend.close();
  });

  it('delivers straight to the server of the recipient, which makes it delivered', async () => {
    const server = await startMailServer();
    const app = await startPlatform({
      plugins: { auth: authConfig, mail: { mailboxTtl: 0, smtp: { enabled: false } } },
      config: { mailer: { transport: 'mx', mx: { routes: { 'else.example': `127.0.0.1:${server.port}` } } } },
    });
    const http = app.http.bearer(ROOT_TOKEN);
    await http.post('/api/create', { local: 'me' });
    const { id } = (await http.post('/api/send', mail)).body;
    await server.has(1);
    await app.services.jobs.idle();
    assert.equal((await http.get(`/api/send/${id}`)).body.status, 'delivered');
    await app.stop();
    await server.close();
  });
});

describe('doors of domains', () => {
  it('let so many in at once and a minute, and nobody while the domain is away', () => {
    let now = 0;
    const gates = createDomainGates({ atOnce: 2, perMinute: 3, now: () => now });
    assert.equal(gates.enter('a', 'them'), 0);
    assert.equal(gates.enter('a', 'them'), 0);
    assert.ok(gates.enter('a', 'them') > 0, 'two are inside');
    assert.equal(gates.enter('b', 'them'), 0, 'others have doors of their own');
    gates.leave('a');
    assert.equal(gates.enter('a', 'them'), 0);
    gates.leave('a');
    gates.leave('a');
    assert.equal(gates.enter('a', 'them'), 60_000, 'three this minute');
    now = 60_000;
    assert.equal(gates.enter('a', 'them'), 0);
    gates.unreachable('a');
    gates.leave('a');
    assert.equal(gates.enter('a', 'them'), 30_000);
    now += 30_000;
    assert.equal(gates.enter('a', 'them'), 0, 'one tries');
    assert.ok(gates.enter('a', 'them') > 0, 'the others wait for it');
    gates.unreachable('a');
    gates.leave('a');
    assert.equal(gates.enter('a', 'them'), 120_000, 'longer each time');
    now += 120_000;
    gates.enter('a', 'them');
    gates.reachable('a');
    assert.equal(gates.enter('a', 'them'), 0);
  });

  it('let tenants in by turns, and leave room for those that wait', () => {
    let now = 0;
    const gates = createDomainGates({ atOnce: 2, perMinute: 0, now: () => now });
    const [all, one] = ['tenant with much mail', 'tenant with one'];
    for (const _ of [1, 2]) assert.equal(gates.enter('a', all), 0);
    assert.ok(gates.enter('a', one) > 0);
    assert.ok(gates.enter('a', all) > 0);
    gates.leave('a');
    assert.ok(gates.enter('a', all) > 0, 'the place is kept for who came first');
    assert.equal(gates.enter('a', one), 0);
    gates.leave('a');
    gates.leave('a');
    for (const _ of [1, 2]) assert.equal(gates.enter('a', all), 0, 'nobody else waits');
    assert.ok(gates.enter('a', one) > 0);
    gates.leave('a');
    now += 10_000;
    assert.equal(gates.enter('a', all), 0, 'who does not come back is not waited for');
  });

  it('let a tenant take no more of a minute than its share while others wait', () => {
    let now = 0;
    const gates = createDomainGates({ atOnce: 100, perMinute: 10, now: () => now });
    const [all, one] = ['tenant with much mail', 'tenant with little'];
    for (let turn = 0; turn < 10; turn++) assert.equal(gates.enter('a', all), 0);
    assert.equal(gates.enter('a', one), 60_000);
    assert.equal(gates.enter('a', all), 60_000);
    now = 60_000;
    for (let turn = 0; turn < 5; turn++) assert.equal(gates.enter('a', all), 0);
    assert.equal(gates.enter('a', all), 60_000, 'the other half is for the one that waits');
    assert.equal(gates.enter('a', one), 0);
    for (let turn = 0; turn < 4; turn++) assert.equal(gates.enter('a', all), 0);
    assert.equal(gates.enter('a', all), 60_000);
  });
});
