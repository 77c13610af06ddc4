/** Every kind of write that a program makes from outside, one after another, with a note of what was acknowledged. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN, ROOT_TOKEN, type Running } from '../bench/processes.ts';
import type { Latencies } from './latencies.ts';
import { sendMails } from './mail-sender.ts';

export interface Acknowledged {
  /** Subjects. */
  mails: Set<string>;
  licences: Set<string>;
  executions: Set<string>;
  /** Names. */
  keys: Set<string>;
}

export interface Writes {
  replica: Running;
  /** Stands in all that it makes. */
  name: string;
  acknowledged: Acknowledged;
  latencies?: Latencies;
}

const SENDERS = 3;
/** A call that takes longer is given up: nobody was told that it worked. */
const PATIENCE_MS = 30_000;
/** After an answer that says no, so that a replica in trouble is not asked without a pause. */
const PAUSE_MS = 50;

/** Publishes the workflow that is started: a call outside, a wait, a call outside. */
export async function prepareWrites(replica: Running, outside: string): Promise<void> {
  const call = (path: string): object => ({ call: 'http', with: { method: 'post', endpoint: `${outside}/${path}` } });
  const document = { dsl: '1.0.0', namespace: 'drill', name: 'calls', version: '1.0.0' };
  const tasks = [{ a: call('a') }, { w: { wait: { milliseconds: 300 } } }, { b: call('b') }];
  await ask(replica, '/api/platform/workflows', { definition: { document, do: tasks } });
}

/** Writes until it is stopped, or until the replica is gone. */
export function beginWrites({ replica, name, acknowledged, latencies }: Writes): { stop(): Promise<void> } {
  let isOver = false;
  /** The root token has no account, and so no API keys. */
  let person: string | undefined;
  const again = async (what: string, write: (number: number) => Promise<void>): Promise<void> => {
    for (let number = 0; !isOver; number++) {
      const beganAt = performance.now();
      try {
        await write(number);
        latencies?.add(what, performance.now() - beganAt);
      } catch {
        if (replica.process.exitCode !== null || replica.process.signalCode !== null) return;
        await sleep(PAUSE_MS);
      }
    }
  };
  const mails = async (sender: number): Promise<void> => {
    for (let connection = 0; !isOver; connection++) {
      await sendMails({
        port: Number(replica.ready.smtp),
        prefix: `${name} ${sender}.${connection}`,
        to: 'drill@example.com',
        accepted(subject, ms) {
          acknowledged.mails.add(subject);
          latencies?.add('mails', ms);
        },
        goesOn: () => !isOver,
      });
      if (replica.process.exitCode !== null || replica.process.signalCode !== null) return;
      await sleep(PAUSE_MS);
    }
  };
  const work = Promise.all([
    ...Array.from({ length: SENDERS }, (_, sender) => mails(sender)),
    again('licences', async (number) => {
      const email = `${name}-${number}@example.com`;
      const { license } = await ask(replica, '/api/admin/generate', { plan: 'yearly', email });
      acknowledged.licences.add(String(license.license_id));
      const { activation_code } = license;
      await ask(replica, '/api/verify', { activation_code, email, device_id: 'drill' });
    }),
    again('API keys', async (number) => {
      const key = `${name}-${number}`;
      person ??= await signIn(replica);
      await ask(replica, '/api/v2/api-keys', { name: key, scopes: ['mail:read'] }, person);
      acknowledged.keys.add(key);
    }),
    again('executions', async () => {
      const { id } = await ask(replica, '/hooks/drill/calls', {});
      acknowledged.executions.add(String(id));
    }),
    again('reads', () => ask(replica, '/api/mailboxes').then(() => {})),
  ]);
  return {
    async stop() {
      isOver = true;
      await work;
    },
  };
}

async function signIn(replica: Running): Promise<string> {
  const { email, password } = ADMIN;
  return (await ask(replica, '/api/v2/auth/login', { email, password })).access_token;
}

async function ask(replica: Running, path: string, body?: object, token = ROOT_TOKEN): Promise<any> {
  const answer = await fetch(`http://127.0.0.1:${replica.ready.http}${path}`, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(PATIENCE_MS),
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** The world outside that executions call; it notes the idempotency keys. */
export async function startOutside() {
  const keys = new Map<string, number>();
  const server = createServer((request, response) => {
    const key = String(request.headers['idempotency-key']);
    keys.set(key, (keys.get(key) ?? 0) + 1);
    setTimeout(() => response.setHeader('content-type', 'application/json').end('{"ok":true}'), Math.random() * 20);
    request.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
    /** Each execution calls twice; a repeat has the key of the first try. */
    problems(executions: ReadonlySet<string>): string[] {
      const byExecution = new Map<string, number>();
      for (const key of keys.keys()) {
        const id = key.split(':')[0] ?? '';
        byExecution.set(id, (byExecution.get(id) ?? 0) + 1);
      }
      const repeated = [...keys.values()].filter((times) => times > 1).length;
      console.log(`${repeated} of ${keys.size} calls were repeated, with the same key`);
      return [...executions]
        .filter((id) => byExecution.get(id) !== 2)
        .map((id) => `${byExecution.get(id) ?? 0} different calls: ${id}`);
    },
  };
}
