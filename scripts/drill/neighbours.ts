/**
 * One tenant's webhook never answers, and the server of its recipients dribbles for ever; another tenant's mail, webhooks
 * and deliveries go on beside it as if it were not there.
 */
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_TOKEN, type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { percentile } from './latencies.ts';
import { startRelay } from './relay.ts';

const ROUNDS = 30;
const BAD_MAILS = 200;
const BAD_RECIPIENTS = 40;
const MOST_SLOWER = 3;
const NOT_NOTICED_MS = 300;
const LONGEST_WAIT_MS = 60_000;
const PASSWORD = 'a password for the drill';

/** Gives how many of the good tenant's ways were held up. */
export async function drillNeighbours(): Promise<number> {
  const folder = temporaryFolder();
  const relay = await startRelay();
  const called = new Set<string>();
  const hooks = createHttpServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      if (request.url === '/silent') return;
      called.add(String(JSON.parse(body).data?.subject));
      response.end('{}');
    });
  });
  const hooksPort = await listening(hooks);
  const dribbling = createServer((socket) => void dribble(socket));
  const routes = {
    'dribble.example': `127.0.0.1:${await listening(dribbling)}`,
    'alive.example': `127.0.0.1:${relay.port}`,
  };
  const platform = await startPlatformProcess(folder.path, {
    PATCHBAY_MAILER: JSON.stringify({ transport: 'mx', mx: { connectSeconds: 5, routes } }),
    PATCHBAY_HTTP__OUTBOUND__ALLOW: JSON.stringify(['127.0.0.1']),
    PATCHBAY_PLUGINS__MAIL__PUBLICDOMAINS: JSON.stringify(['example.com']),
  });
  const ask = asker(platform);
  const good = await tenant('good');
  const bad = await tenant('bad');
  await ask('/api/platform/mail/webhooks', good, {
    mailbox: 'good@example.com',
    url: `http://127.0.0.1:${hooksPort}/hook`,
  });
  await ask('/api/platform/mail/webhooks', bad, {
    mailbox: 'bad@example.com',
    url: `http://127.0.0.1:${hooksPort}/silent`,
  });

  const calm = await measure('calm');
  for (let number = 0; number < BAD_MAILS; number++) await receive('bad@example.com', `bad ${number}`);
  const to = Array.from({ length: BAD_RECIPIENTS }, (_, index) => `x${index}@dribble.example`);
  await ask('/api/send', bad, { from: 'bad@example.com', to, subject: 'bad', text: 'x' });
  await sleep(1_000);
  const beside = await measure('beside');
  const problems = (['webhook', 'delivery'] as const).filter((way) => {
    console.log(`${way}: p99 ${beside[way].toFixed(0)} ms beside the bad neighbour, ${calm[way].toFixed(0)} ms alone`);
    return beside[way] > Math.max(calm[way] * MOST_SLOWER, NOT_NOTICED_MS);
  });

  platform.process.kill('SIGKILL');
  hooks.closeAllConnections();
  hooks.close();
  dribbling.close();
  await relay.close();
  folder.remove();
  return problems.length;

  /** A tenant with a mailbox of the same name, who may send. */
  async function tenant(name: string): Promise<string> {
    const email = `${name}@customer.example`;
    const registered = await ask('/api/v2/auth/register', '', { email, password: PASSWORD });
    const token = String(registered.access_token);
    await ask('/api/create', token, { local: name });
    const users = await ask('/api/users?limit=50', ROOT_TOKEN);
    const { id } = users.find((user: { username: string }) => user.username === email);
    await ask(`/api/users/${id}`, ROOT_TOKEN, { can_send: 1 }, 'PATCH');
    return token;
  }

  async function receive(mailbox: string, subject: string): Promise<void> {
    const raw = `From: a@sender.example\r\nTo: ${mailbox}\r\nSubject: ${subject}\r\n\r\nx\r\n`;
    await ask('/receive', ROOT_TOKEN, { from: 'a@sender.example', to: mailbox, raw });
  }

  /** How long the good tenant's mail takes to its webhook, and to another server. */
  async function measure(phase: string): Promise<{ webhook: number; delivery: number }> {
    const times = { webhook: [] as number[], delivery: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      const subject = `${phase} ${round}`;
      let beganAt = performance.now();
      await receive('good@example.com', subject);
      times.webhook.push(await until(() => called.has(subject), beganAt));
      beganAt = performance.now();
      await ask('/api/send', good, { from: 'good@example.com', to: 'you@alive.example', subject, text: 'x' });
      times.delivery.push(await until(() => relay.received.has(subject), beganAt));
    }
    return { webhook: percentile(times.webhook, 0.99), delivery: percentile(times.delivery, 0.99) };
  }
}

async function until(isTrue: () => boolean, beganAt: number): Promise<number> {
  while (!isTrue() && performance.now() - beganAt < LONGEST_WAIT_MS) await sleep(2);
  return performance.now() - beganAt;
}

function asker(platform: Running) {
  return async (path: string, token: string, body?: object, method = body ? 'POST' : 'GET'): Promise<any> => {
    const answer = await fetch(`http://127.0.0.1:${platform.ready.http}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
}

/** A mail server that never ends what it says. */
async function dribble(socket: Socket): Promise<void> {
  socket.on('error', () => {});
  while (!socket.destroyed) {
    socket.write('220-please wait\r\n');
    await sleep(500);
  }
}

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
