/** The operations whose cost is compared: each works for some seconds, and says how often it was done. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN, ROOT_TOKEN, runHttpLoad, runLoad } from '../processes.ts';
import type { Serving } from './checkout.ts';
import { cpuMsOf } from './process-time.ts';

/** Gives how often it was done. */
export type Operation = (seconds: number) => Promise<number>;

const CONNECTIONS = 20;
/** Mails of each size in a second: more than that would wait for the parser for minutes afterwards. */
const MAILS = {
  'mail of 2 KB': [2_000, 700],
  'mail of 20 KB': [20_000, 400],
  'mail of 100 KB': [100_000, 120],
} as const;
const QUIET_MS = 500;
/** A process that has done less than this meanwhile does nothing any more. */
const QUIET_CPU_MS = 30;

export async function operationsOf({ url, pid, smtp }: Serving): Promise<Record<string, Operation>> {
  const { access_token } = await post('/api/v2/auth/login', { email: ADMIN.email, password: ADMIN.password });
  const { raw_key } = await post('/api/v2/api-keys', { name: 'bench' }, { authorization: `Bearer ${access_token}` });
  const root = { authorization: `Bearer ${ROOT_TOKEN}` };
  const { license } = await post('/api/admin/generate', { plan: 'monthly', email: 'a@b.example' }, root);
  const proof = { activation_code: license.activation_code, email: 'a@b.example', device_id: 'd1' };
  await post('/api/verify', proof);
  await publish('full', {});
  await publish('silent', { logging: 'none' });
  const input = { name: 'you', price: 12.5, count: 4 };

  return {
    health: load('/health'),
    'users/me with an API key': load('/api/v2/users/me', { headers: { 'x-api-key': raw_key } }),
    'verify, known device': load('/api/verify', { body: JSON.stringify(proof) }),
    'workflow by hook': load('/hooks/bench/full?wait=10', { body: JSON.stringify(input) }),
    'workflow by hook, no log': load('/hooks/bench/silent?wait=10', { body: JSON.stringify(input) }),
    ...Object.fromEntries(Object.entries(MAILS).map(([name, [bytes, rate]]) => [name, mails(bytes, rate)])),
  };

  async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<any> {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  function publish(name: string, options: object) {
    const metadata = { patchbay: { hook: true, ...options } };
    const set = { total: '${ .price * .count }', greeting: '${ "hello " + .name }' };
    const document = { dsl: '1.0.0', namespace: 'bench', name, version: '1.0.0', metadata };
    return post('/api/platform/workflows', { definition: { document, do: [{ one: { set } }] } }, root);
  }

  function load(path: string, more: { headers?: Record<string, string>; body?: string } = {}): Operation {
    return async (seconds) => {
      const port = new URL(url).port;
      const measured = await runHttpLoad({ port, path, seconds, connections: CONNECTIONS, ...more });
      if (measured.failures) throw new Error(`${path} failed ${measured.failures} times`);
      return (measured.perSecond ?? 0) * seconds;
    };
  }

  /** Until all of it is parsed. */
  function mails(bytes: number, rate: number): Operation {
    return async (seconds) => {
      const args = [smtp, bytes, seconds, CONNECTIONS, 'kept', rate].map(String);
      const { accepted = 0 } = await runLoad('./smtp-load.ts', args);
      for (let before = Number.NEGATIVE_INFINITY; cpuMsOf(pid) - before > QUIET_CPU_MS; await sleep(QUIET_MS)) {
        before = cpuMsOf(pid);
        await sleep(QUIET_MS);
      }
      return accepted;
    };
  }
}
