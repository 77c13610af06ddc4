/**
 * Kills the process while executions run: with calls to the outside, waits, loops, and children. Afterwards each accepted
 * execution has finished, calls carried the same key on a repeat, and none is stuck.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_TOKEN, type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { kill } from './kill.ts';

const CALLERS = 6;
const LONGEST_WAIT_MS = 120_000;

export async function drillWorkflows(rounds: number): Promise<number> {
  const folder = temporaryFolder();
  const accepted = new Set<string>();
  /** Idempotency keys by execution, with how often each came. */
  const keys = new Map<string, number>();
  const outside = createServer((request, response) => {
    const key = String(request.headers['idempotency-key']);
    keys.set(key, (keys.get(key) ?? 0) + 1);
    setTimeout(() => response.setHeader('content-type', 'application/json').end('{"ok":true}'), Math.random() * 20);
    request.resume();
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  const start = (): Promise<Running> =>
    startPlatformProcess(folder.path, { PATCHBAY_HTTP__OUTBOUND__ALLOW: JSON.stringify(['127.0.0.1']) });

  const first = await start();
  for (const [name, tasks] of definitions(url)) await publish(first, name, tasks);
  await first.stop();
  for (let round = 1; round <= rounds; round++) {
    const platform = await start();
    const load = Array.from({ length: CALLERS }, (_, index) => begin(platform, index));
    await sleep(100 + Math.random() * 1_000);
    await kill(platform);
    await Promise.all(load);
    console.log(`round ${round}: killed; ${accepted.size} executions accepted, ${keys.size} calls outside so far`);
  }

  const platform = await start();
  const open = await finished(platform);
  const ended = await statuses(platform);
  await platform.stop();
  outside.close();
  folder.remove();
  const repeated = [...keys.values()].filter((times) => times > 1).length;
  const problems = [
    ...open.map((id) => `still open: ${id}`),
    ...[...accepted].filter((id) => !ended.has(id)).map((id) => `lost: ${id}`),
    ...[...accepted]
      .filter((id) => ended.has(id) && ended.get(id) !== 'completed')
      .map((id) => `${ended.get(id)}: ${id}`),
    // Each of them calls twice: fewer keys were calls that never came, more were calls with a new key for a repeat.
    ...[...accepted].filter((id) => keysOf(id) !== 2).map((id) => `${keysOf(id)} different calls: ${id}`),
  ];
  for (const problem of problems.slice(0, 20)) console.log(problem);
  console.log(
    `${accepted.size} accepted, all finished; ${repeated} of ${keys.size} calls were repeated, with the same key`,
  );
  return problems.length;

  function keysOf(id: string): number {
    return [...keys.keys()].filter((key) => key.startsWith(`${id}:`)).length;
  }

  async function begin(platform: Running, index: number): Promise<void> {
    const names = ['calls', 'waits', 'forks'];
    try {
      for (let number = index; ; number++) {
        const answer = await fetch(
          `http://127.0.0.1:${platform.ready.http}/hooks/drill/${names[number % names.length]}`,
          {
            method: 'POST',
            headers: { authorization: `Bearer ${ROOT_TOKEN}` },
            body: '{"n":3}',
          },
        );
        if (answer.status === 202) accepted.add(((await answer.json()) as { id: string }).id);
      }
    } catch {
      // The process is gone: what was not answered was not accepted.
    }
  }
}

/** Each makes two calls outside. */
function definitions(url: string): [string, object[]][] {
  const call = (path: string): object => ({ call: 'http', with: { method: 'post', endpoint: `${url}/${path}` } });
  const loop = { for: { each: 'n', in: '[range(5)]' }, do: [{ step: { set: { n: '${ $n }' } } }] };
  return [
    ['calls', [{ a: call('a') }, { loop }, { b: call('b') }]],
    ['waits', [{ a: call('a') }, { w: { wait: { milliseconds: 300 } } }, { loop }, { b: call('b') }]],
    [
      'forks',
      [
        {
          f: {
            fork: {
              branches: [{ a: call('a') }, { c: { do: [{ w: { wait: { milliseconds: 100 } } }, { b: call('b') }] } }],
            },
          },
        },
      ],
    ],
  ];
}

async function publish(platform: Running, name: string, tasks: object[]): Promise<void> {
  const document = { dsl: '1.0.0', namespace: 'drill', name, version: '1.0.0' };
  await api(platform, '/api/platform/workflows', { definition: { document, do: tasks } });
}

/** Ids of those that are still open after a long while. */
async function finished(platform: Running): Promise<string[]> {
  const until = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    const open: string[] = [];
    for (const status of ['pending', 'running', 'waiting']) {
      const { items } = await api(platform, `/api/platform/executions?status=${status}`);
      open.push(...items.map(({ id }: { id: string }) => id));
    }
    if (open.length === 0 || Date.now() > until) return open;
    await sleep(200);
  }
}

async function statuses(platform: Running): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let cursor = ''; ; ) {
    const page = await api(platform, `/api/platform/executions?limit=100${cursor && `&cursor=${cursor}`}`);
    for (const { id, status } of page.items) found.set(id, status);
    if (!page.next_cursor) return found;
    cursor = page.next_cursor;
  }
}

async function api(platform: Running, path: string, body?: object): Promise<any> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${ROOT_TOKEN}` };
  const answer = await fetch(`http://127.0.0.1:${platform.ready.http}${path}`, {
    headers,
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  if (answer.status >= 300) throw new Error(await answer.text());
  return answer.json();
}
