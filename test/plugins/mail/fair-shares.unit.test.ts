/** One tenant's receivers that never answer, beside another tenant's that do. */
import assert from 'node:assert/strict';
import { createServer as createWebServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { allowSending, authConfig, type Person, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { startMailServer } from '#test/support/mail-server.ts';
import { sendMail } from '#test/support/smtp.ts';

const MANY = 15;

/** Takes connections, says `greeting`, and then nothing any more. */
async function startSilentServer(greeting = '') {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
    if (greeting) socket.write(greeting);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

describe('fair shares of mail’s work', () => {
  let app: TestPlatform;
  let silent: Awaited<ReturnType<typeof startSilentServer>>;
  let alive: Awaited<ReturnType<typeof startMailServer>>;
  let slow: Person;
  let quick: Person;

  before(async () => {
    silent = await startSilentServer();
    alive = await startMailServer();
    const dead = Array.from({ length: MANY }, (_, index) => [`dead${index}.example`, `127.0.0.1:${silent.port}`]);
    app = await startPlatform({
      plugins: {
        auth: { ...authConfig, registration: 'open' },
        mail: { publicDomains: ['example.com'], mailboxTtl: 0, smtp: { port: 0 } },
      },
      config: {
        http: { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } },
        mailer: {
          transport: 'mx',
          mx: { routes: { ...Object.fromEntries(dead), 'alive.example': `127.0.0.1:${alive.port}` } },
        },
      },
    });
    [slow, quick] = [await register(app), await register(app)];
    for (const [person, local] of [
      [slow, 'slow'],
      [quick, 'quick'],
    ] as const) {
      await allowSending(app, person);
      assert.equal((await person.http.post('/api/create', { local })).status, 200);
    }
  });
  after(async () => {
    await silent.close();
    await app.stop();
    await alive.close();
  });

  // Shorter than the time-out of a call: whoever has to wait for one comes too late.
  it('calls a webhook while another tenant’s does not answer', async () => {
    let called = (): void => {};
    const call = new Promise<void>((resolve) => {
      called = resolve;
    });
    const web = createWebServer((request, response) => {
      request.resume();
      response.end();
      called();
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const hook = (person: Person, local: string, port: number) =>
      person.http.post('/api/platform/mail/webhooks', {
        mailbox: `${local}@example.com`,
        url: `http://127.0.0.1:${port}/`,
      });
    await hook(slow, 'slow', silent.port);
    await hook(quick, 'quick', (web.address() as AddressInfo).port);
    const mail = { from: 'a@sender.example', subject: 'x', text: 'x' };
    const port = app.services.smtpReceiver.port()!;
    for (let index = 0; index < MANY; index++) await sendMail(port, { ...mail, to: 'slow@example.com' });
    await app.services.mailParseLoop.idle();
    await sendMail(port, { ...mail, to: 'quick@example.com' });
    await call;
    const running = await app.services.db.read('core_jobs').where({ name: 'mail.callWebhook', state: 'running' });
    assert.ok(running.filter(({ lane }) => lane === slow.tenantId).length <= 4);
    web.close();
  }).timeout(8_000);

  it('delivers while another tenant’s mail goes to many servers that do not answer', async () => {
    const send = (person: Person, local: string, to: string) =>
      person.http.post('/api/send', { from: `${local}@example.com`, to, subject: 'x', text: 'x' });
    for (let index = 0; index < MANY; index++) {
      assert.equal((await send(slow, 'slow', `you@dead${index}.example`)).status, 200);
    }
    assert.equal((await send(quick, 'quick', 'you@alive.example')).status, 200);
    await alive.has(1);
    const running = await app.services.db.read('core_jobs').where({ name: 'mail.deliver', state: 'running' });
    assert.ok(running.filter(({ lane }) => lane === slow.tenantId).length <= 6);
  }).timeout(8_000);
});
