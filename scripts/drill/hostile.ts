/**
 * Workflows that loop, recurse, start themselves, swell, hang and run wild scripts, all at once. Each must end with an
 * explanation, and ordinary executions beside them must go on as if nothing were.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_TOKEN, type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';

const SECONDS = 12;
/** A script may delay the others by no more than this. */
const MOST_DELAY_MS = 50;

export async function drillHostile(): Promise<number> {
  const folder = temporaryFolder();
  const outside = createServer((request, response) => {
    if (request.url === '/hang') return;
    // A gigabyte, as far as anybody takes it.
    const chunk = Buffer.alloc(1024 * 1024);
    const pour = (left: number): void => {
      if (left === 0 || response.destroyed) return void response.end();
      if (response.write(chunk)) setImmediate(pour, left - 1);
      else response.once('drain', () => pour(left - 1));
    };
    pour(1024);
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  const platform = await startPlatformProcess(folder.path, {
    PATCHBAY_HTTP__OUTBOUND__ALLOW: JSON.stringify(['127.0.0.1']),
  });
  await publish(platform, 'plain', [{ a: { set: { ok: true } } }]);
  const hostile = definitions(url);
  for (const [name, tasks, more] of hostile) await publish(platform, name, tasks, more);

  const quiet = await delays(platform, 3);
  const started = await Promise.all(hostile.map(([name]) => call(platform, `/hooks/drill/${name}`, { n: 0 })));
  const scripts = setInterval(() => void call(platform, '/hooks/drill/script', {}).catch(() => {}), 500);
  const beside = await delays(platform, SECONDS);
  clearInterval(scripts);
  await sleep(15_000);
  const problems: string[] = [];
  for (const [index, [name]] of hostile.entries()) {
    const { status, error } = await look(platform, started[index]?.id ?? '');
    console.log(`${name}: ${status}${error ? `, ${error.detail}` : ''}`.slice(0, 160));
    if (status !== 'faulted' && name !== 'circle') problems.push(`${name} has not failed but is ${status}`);
  }
  const delay = beside.p99 - quiet.p99;
  console.log(
    `\nothers meanwhile: ${beside.count} executions, p99 ${beside.p99.toFixed(0)} ms (alone ${quiet.p99.toFixed(0)} ms)`,
  );
  if (beside.failures > 0) problems.push(`${beside.failures} ordinary executions failed`);
  if (delay > MOST_DELAY_MS) problems.push(`others were delayed by ${delay.toFixed(0)} ms`);
  await platform.stop();
  outside.close();
  outside.closeAllConnections();
  folder.remove();
  for (const problem of problems) console.log(problem);
  return problems.length;
}

function definitions(url: string): [name: string, tasks: object[], more?: object][] {
  const get = (endpoint: string): object => ({ call: 'http', with: { method: 'get', endpoint } });
  const script = (code: string): object => ({ run: { script: { language: 'javascript', code } } });
  const event = { type: 'drill.circle', source: 'drill://x' };
  return [
    // biome-ignore lint/suspicious/noThenProperty: a flow directive of the DSL
    ['loop', [{ a: { set: { n: '${ .n + 1 }' }, then: 'a' } }]],
    ['recursion', [{ a: { run: { workflow: { namespace: 'drill', name: 'recursion', version: '1.0.0' } } } }]],
    [
      'circle',
      [{ a: { emit: { event: { with: event } } } }],
      { schedule: { on: { one: { with: { type: event.type } } } } },
    ],
    ['swelling', [{ a: { set: { x: '${ [range(20000000)] }' } } }]],
    ['text', [{ a: { set: { x: '${ reduce range(40) as $i ("xxxxxxxx"; . + .) }' } } }]],
    ['script', [{ a: script('for (;;) {}') }]],
    ['memory', [{ a: script("let s = 'x'; for (;;) s += s;") }]],
    ['gigabyte', [{ a: get(`${url}/large`) }]],
    ['dead', [{ a: { ...get('http://127.0.0.1:9/'), timeout: { after: { seconds: 5 } } } }]],
    ['hanging', [{ a: { ...get(`${url}/hang`), timeout: { after: { seconds: 5 } } } }]],
  ];
}

async function delays(platform: Running, seconds: number): Promise<{ p99: number; count: number; failures: number }> {
  const times: number[] = [];
  let failures = 0;
  for (const until = performance.now() + seconds * 1000; performance.now() < until; await sleep(10)) {
    const began = performance.now();
    const { status } = await call(platform, '/hooks/drill/plain?wait=10', {});
    if (status !== 'completed') failures++;
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return { p99: times[Math.floor(times.length * 0.99)] ?? 0, count: times.length, failures };
}

async function publish(platform: Running, name: string, tasks: object[], more: object = {}): Promise<void> {
  const document = { dsl: '1.0.0', namespace: 'drill', name, version: '1.0.0' };
  await call(platform, '/api/platform/workflows', { definition: { document, ...more, do: tasks } });
}

function look(platform: Running, id: string): Promise<any> {
  return call(platform, `/api/platform/executions/${id}`);
}

async function call(platform: Running, path: string, body?: object): Promise<any> {
  const answer = await fetch(`http://127.0.0.1:${platform.ready.http}${path}`, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ROOT_TOKEN}` },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  if (answer.status >= 300) throw new Error(`${path}: ${await answer.text()}`);
  return answer.json();
}
